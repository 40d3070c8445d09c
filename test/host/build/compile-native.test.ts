import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { boardTargets, ownTarget } from "../../../host/build/board-targets.ts";
import { compileNative, type NativeSource } from "../../../host/build/compile-native.ts";
import { ownHeaders } from "../../../host/build/node-headers.ts";

const part = (value: string): string => `
#include <node_api.h>
#include "value.h"
NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_string_utf8(env, ${value} __FILE__, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, exports, "value", value);
  return exports;
}`;

/** A repository of its own with one native part. */
function repository(t: ExecutionContext) {
  const root = mkdtempSync(path.join(tmpdir(), "penstock-compile-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, "native"));
  const file = path.join(root, "native", "part.c");
  writeFileSync(file, part("VALUE"));
  writeFileSync(path.join(root, "native", "value.h"), '#define VALUE "one "');
  const source: NativeSource = { name: "part", files: [file], includes: [path.join(root, "native"), ownHeaders() ?? ""], flags: [] };
  const place = { root, cache: path.join(root, "cache"), say: () => undefined };
  return { root, file, source, place, natives: path.join(root, "cache", "natives"), output: path.join(root, "out", "part.node") };
}

const own = ownTarget() ?? boardTargets["linux-x64"];

test("a part compiled in another folder is the same to the byte, and names no folder of this machine", async (t) => {
  const [one, two] = [repository(t), repository(t)];
  await compileNative(one.place, own, one.source, one.output);
  await compileNative(two.place, own, two.source, two.output);
  t.true(readFileSync(one.output).equals(readFileSync(two.output)));
  t.false(readFileSync(one.output).includes(tmpdir()));
  t.is(createRequire(import.meta.url)(one.output).value, "one ./native/part.c");
});

test("what has not changed is not compiled again; a header that changed is noticed", async (t) => {
  const { root, source, place, natives, output } = repository(t);
  await compileNative(place, own, source, output);
  await compileNative(place, own, source, output);
  t.is(readdirSync(natives).length, 1);
  writeFileSync(path.join(root, "native", "value.h"), '#define VALUE "two "');
  await compileNative(place, own, source, path.join(root, "out", "other.node"));
  t.is(readdirSync(natives).length, 2);
  t.is(createRequire(import.meta.url)(path.join(root, "out", "other.node")).value, "two ./native/part.c");
});

test("a mistake in the source is told with its place, and leaves nothing behind", async (t) => {
  const { file, source, place, natives, output } = repository(t);
  writeFileSync(file, `${part("VALUE")}\nint mistake(void) { return nothing; }`);
  await t.throwsAsync(compileNative(place, own, source, output), {
    code: "EDGE_BUILD_FAILED",
    message: /^compiling part for linux-.*part\.c:10:.*nothing/s,
  });
  t.deepEqual(readdirSync(natives), []);
});

test("a compiler that is not there is a means that is missing, with the package that brings it", async (t) => {
  const { source, place, output } = repository(t);
  const strange = { ...boardTargets["linux-arm64"], arch: own.arch === "arm64" ? ("x64" as const) : ("arm64" as const), triple: "no-such" };
  await t.throwsAsync(compileNative(place, strange, source, output), {
    code: "EDGE_BUILD_MEANS_MISSING",
    message: /no-such-gcc cannot be started; apt-get install g\+\+-no-such/,
  });
});
