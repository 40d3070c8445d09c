import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { DataDirectoryUnwritable, prepareDataDirectory } from "../../../host/platform/data-directory.ts";
import { writeFileAtomic } from "../../../host/platform/write-file-atomic.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

test("a file is replaced as a whole and nothing is left beside it", async (t) => {
  const directory = await temporaryDirectory(t);
  const file = path.join(directory, "a.json");
  await writeFileAtomic(file, "one");
  await writeFileAtomic(file, "two");
  t.is(readFileSync(file, "utf8"), "two");
  t.deepEqual(readdirSync(directory), ["a.json"]);
});

test("a file that cannot be replaced stays, and nothing is left beside it", async (t) => {
  const directory = await temporaryDirectory(t);
  const target = path.join(directory, "folder");
  mkdirSync(target);
  await t.throwsAsync(writeFileAtomic(target, "text"), { code: "EISDIR" });
  t.deepEqual(readdirSync(directory), ["folder"]);
});

test("a data directory is made with all above it and left empty", async (t) => {
  const directory = path.join(await temporaryDirectory(t), "a", "b");
  await prepareDataDirectory(directory);
  await prepareDataDirectory(directory);
  t.true(statSync(directory).isDirectory());
  t.deepEqual(readdirSync(directory), []);
});

test("a data directory that cannot be is named with the reason and the way out", async (t) => {
  const file = path.join(await temporaryDirectory(t), "file");
  writeFileSync(file, "");
  for (const directory of [file, path.join(file, "below"), "/proc/penstock/data"]) {
    const error = await t.throwsAsync(prepareDataDirectory(directory), { instanceOf: DataDirectoryUnwritable });
    t.is(error.code, "EDGE_DATA_DIR");
    t.true(error.message.includes(directory) && error.message.includes("--data DIR"));
  }
});
