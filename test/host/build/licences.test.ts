import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { licencesText } from "../../../host/build/licences.ts";

test("the licence of every package that went in is there, with those of the source that native parts bring along", (t) => {
  const root = mkdtempSync(path.join(tmpdir(), "penstock-licences-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, "node_modules", file)), { recursive: true });
    writeFileSync(path.join(root, "node_modules", file), text);
  };
  for (const [name, licence] of [
    ["used", "terms of used"],
    ["@some/scope", "terms of scope"],
    ["used/node_modules/inner", "terms of inner"],
    ["native", "terms of native"],
    ["unused", "terms of unused"],
  ] as const) {
    write(`${name}/package.json`, JSON.stringify({ version: "1.2.3", license: "MIT" }));
    write(`${name}/LICENSE.md`, `${licence}\n`);
  }
  write("used/deps/LICENSE", "not part of the code");
  write("native/deps/store/COPYING", "terms of store");
  const inputs = [
    "firmware/main.ts",
    "node_modules/used/a.js",
    "node_modules/@some/scope/b.js",
    "node_modules/used/node_modules/inner/c.js",
  ];
  const line = (length: number): string => "=".repeat(length);
  t.is(
    licencesText(root, inputs, ["native"]),
    [
      [line(23), "@some/scope 1.2.3 (MIT)", line(23), "", "terms of scope", ""],
      [line(18), "native 1.2.3 (MIT)", line(18), "", "terms of native", "", "terms of store", ""],
      [line(16), "used 1.2.3 (MIT)", line(16), "", "terms of used", ""],
      [line(17), "inner 1.2.3 (MIT)", line(17), "", "terms of inner", ""],
    ]
      .flat()
      .map((text) => `${text}\n`)
      .join(""),
  );
});
