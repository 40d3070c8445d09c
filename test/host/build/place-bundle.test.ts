import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { listBundle } from "../../../host/build/bundle-manifest.ts";
import { placeBundle } from "../../../host/build/place-bundle.ts";

function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "penstock-place-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const bundleOf = (text: string) => async (aside: string) => {
  await writeFile(path.join(aside, "main.cjs"), text);
  const manifest = { name: "penstock-board", version: "1", target: "linux-x64", node: "^20", libc: "", files: await listBundle(aside) };
  await writeFile(path.join(aside, "manifest.json"), JSON.stringify(manifest));
};

test("a bundle comes to its place as a whole, and one that is the same is left as it is", async (t) => {
  const folder = path.join(scratch(t), "board", "linux-x64");
  await placeBundle(folder, bundleOf("one"));
  const first = statSync(folder).ino;
  await placeBundle(folder, bundleOf("one"));
  t.is(statSync(folder).ino, first);
  await placeBundle(folder, bundleOf("two"));
  t.is(readFileSync(path.join(folder, "main.cjs"), "utf8"), "two");
  t.not(statSync(folder).ino, first);
  t.deepEqual(readdirSync(path.dirname(folder)), ["linux-x64"]);
});

test("one that was damaged is made anew, though its manifest is the same", async (t) => {
  const folder = path.join(scratch(t), "linux-x64");
  await placeBundle(folder, bundleOf("one"));
  await writeFile(path.join(folder, "main.cjs"), "eno");
  await placeBundle(folder, bundleOf("one"));
  t.is(readFileSync(path.join(folder, "main.cjs"), "utf8"), "one");
});

test("a build that fails leaves the one before and nothing else", async (t) => {
  const folder = path.join(scratch(t), "linux-x64");
  await placeBundle(folder, bundleOf("one"));
  await t.throwsAsync(
    placeBundle(folder, () => Promise.reject(new Error("no compiler"))),
    { message: "no compiler" },
  );
  t.is(readFileSync(path.join(folder, "main.cjs"), "utf8"), "one");
  t.deepEqual(readdirSync(path.dirname(folder)), ["linux-x64"]);
});

test("builds at the same time do not disturb each other", async (t) => {
  const folder = path.join(scratch(t), "linux-x64");
  await Promise.all(Array.from({ length: 8 }, () => placeBundle(folder, bundleOf("one"))));
  t.is(readFileSync(path.join(folder, "main.cjs"), "utf8"), "one");
  t.deepEqual(readdirSync(path.dirname(folder)), ["linux-x64"]);
});
