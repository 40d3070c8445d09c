import { cpSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { ClassicLevel } from "classic-level";
import fc from "fast-check";
import { checkLevel } from "../../../../host/platform/level/check-level.ts";
import { closeLevel, openLevel } from "../../../../host/platform/level/open-level.ts";
import { bytes } from "../../../../shared/base/units.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { flipBit, levelFiles } from "../../../harness/level-files.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

const records = 800;
const everything = bytes(1 << 30);
const keyOf = (index: number): string => `key-${String(index).padStart(4, "0")}`;
const contentOf = (index: number): string => `${index}:`.padEnd(120, `value ${index * 7919} `);
const file = (directory: string, end: RegExp): string => levelFiles(directory, end)[0] ?? "";

/** A closed store with all its records: the first half in a table, the second half in the log. */
async function makeStore(directory: string): Promise<void> {
  for (const half of [0, 1]) {
    const db = new ClassicLevel(directory);
    await db.open();
    for (let index = half * (records / 2); index < (half + 1) * (records / 2); index++) await db.put(keyOf(index), contentOf(index));
    await db.close();
  }
}

interface Opened {
  readonly repaired: string | undefined;
  /** Records that came back as they were written, and otherwise. */
  readonly whole: number;
  readonly wrong: number;
  readonly alarms: number;
}

async function openAndRead(directory: string): Promise<Opened> {
  const log = new FakeLog();
  const { db, repaired } = await openLevel({ directory, log });
  let whole = 0;
  let wrong = 0;
  for await (const [key, value] of db.iterator<string, string>({ keyEncoding: "utf8", valueEncoding: "utf8" })) {
    if (value === contentOf(Number(key.slice(4)))) whole += 1;
    else wrong += 1;
  }
  await closeLevel(db);
  return { repaired, whole, wrong, alarms: log.entries.filter(({ level }) => level === "error").length };
}

test("a new directory is made for its owner alone", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "deep", "store");
  const { db, created, repaired } = await openLevel({ directory, log: new FakeLog() });
  t.deepEqual({ created, repaired }, { created: true, repaired: undefined });
  t.is(statSync(directory).mode & 0o777, 0o700);
  await closeLevel(db);
  const again = await openLevel({ directory, log: new FakeLog() });
  t.false(again.created);
  await closeLevel(again.db);
});

test("a whole store opens with all that is in it, and so does one that a killed process left: its log cut inside the last record", async (t) => {
  using scratch = new ScratchDirectory();
  const [whole, killed] = [join(scratch.path, "whole"), join(scratch.path, "killed")];
  await makeStore(whole);
  cpSync(whole, killed, { recursive: true });
  t.deepEqual(await openAndRead(whole), { repaired: undefined, whole: records, wrong: 0, alarms: 0 });
  const log = file(killed, /\.log$/);
  truncateSync(log, statSync(log).size - 5);
  t.deepEqual(await openAndRead(killed), { repaired: undefined, whole: records - 1, wrong: 0, alarms: 0 });
});

/** What breaks, and how many of the records come back at least. */
const breakages: readonly (readonly [string, (directory: string) => void, number])[] = [
  ["CURRENT missing", (directory) => rmSync(join(directory, "CURRENT")), records],
  ["CURRENT flipped", (directory) => flipBit(join(directory, "CURRENT"), 12), records],
  ["MANIFEST missing", (directory) => rmSync(file(directory, /MANIFEST/)), records],
  ["MANIFEST cut to its first record", (directory) => truncateSync(file(directory, /MANIFEST/), 50), records],
  ["a table's data flipped", (directory) => flipBit(file(directory, /\.ldb$/), 100), records / 2],
  [
    "a table's footer flipped",
    (directory) => flipBit(file(directory, /\.ldb$/), statSync(file(directory, /\.ldb$/)).size - 3),
    records / 2,
  ],
  ["a table emptied", (directory) => truncateSync(file(directory, /\.ldb$/), 0), records / 2],
  ["a table missing", (directory) => rmSync(file(directory, /\.ldb$/)), records / 2],
  ["a log flipped in its second block", (directory) => flipBit(file(directory, /\.log$/), 33_000), records / 2],
  ["a log missing", (directory) => rmSync(file(directory, /\.log$/)), records / 2],
];

for (const [what, damage, least] of breakages) {
  test(`${what}: the store opens, says so, keeps a copy as it was found and gives back what is whole`, async (t) => {
    using scratch = new ScratchDirectory();
    const directory = join(scratch.path, "store");
    await makeStore(directory);
    damage(directory);
    const tables = levelFiles(directory, /\.ldb$/).map((table) => statSync(table).size);
    const opened = await openAndRead(directory);
    t.regex(opened.repaired ?? "", /damaged.*repaired.*store\.damaged-/);
    t.true(opened.whole >= least, `${opened.whole} of ${least}`);
    t.is(opened.wrong, 0);
    t.true(opened.alarms > 0);
    const [copy = "", ...more] = readdirSync(scratch.path).filter((name) => name.startsWith("store.damaged-"));
    t.deepEqual(more, []);
    t.deepEqual(
      levelFiles(join(scratch.path, copy), /\.ldb$/).map((table) => statSync(table).size),
      tables,
    );
    t.deepEqual(await openAndRead(directory), { repaired: undefined, whole: opened.whole, wrong: 0, alarms: 0 });
  });
}

test("the copy of a damaged table stays as it was found", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "store");
  await makeStore(directory);
  flipBit(file(directory, /\.ldb$/), 100);
  await openAndRead(directory);
  const copy = join(scratch.path, readdirSync(scratch.path).find((name) => name.startsWith("store.damaged-")) ?? "");
  flipBit(file(copy, /\.ldb$/), 100);
  t.deepEqual(await checkLevel(copy, everything), []);
});

test("a store of which nothing can be saved begins empty, and says so", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "store");
  await makeStore(directory);
  for (const one of levelFiles(directory, /\.(ldb|log)$/)) writeFileSync(one, Buffer.alloc(statSync(one).size, 0xa5));
  const { repaired, whole, alarms } = await openAndRead(directory);
  t.is(whole, 0);
  t.not(repaired, undefined);
  t.true(alarms > 0);
});

test("no more is read of tables than was allowed, the newest first", async (t) => {
  using scratch = new ScratchDirectory();
  await makeStore(scratch.path);
  await closeLevel((await openLevel({ directory: scratch.path, log: new FakeLog() })).db);
  const [old = "", young = ""] = levelFiles(scratch.path, /\.ldb$/);
  flipBit(old, 100);
  t.deepEqual(await checkLevel(scratch.path, bytes(1)), []);
  t.is((await checkLevel(scratch.path, everything)).length, 1);
  flipBit(young, 100);
  t.is((await checkLevel(scratch.path, bytes(1))).length, 1);
});

test("no single flipped bit is ever silent: it costs nothing, or the store says that it was damaged", async (t) => {
  using scratch = new ScratchDirectory();
  const template = join(scratch.path, "template");
  await makeStore(template);
  const names = levelFiles(template, /(CURRENT|MANIFEST-\d+|\d+\.(ldb|log))$/).map((name) => name.slice(template.length + 1));
  let turn = 0;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), async (name, place) => {
        const directory = join(scratch.path, `store-${turn++}`);
        cpSync(template, directory, { recursive: true });
        flipBit(join(directory, name), place % statSync(join(directory, name)).size);
        const { repaired, whole, wrong } = await openAndRead(directory);
        t.is(wrong, 0);
        // The last record of a log, cut short by a flipped length, looks like one that was being written.
        t.true(whole >= records - 1 || repaired !== undefined, `${repaired}, ${whole} records`);
        rmSync(directory, { recursive: true });
      }),
      { numRuns: 30 },
    ),
  );
});
