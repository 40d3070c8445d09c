import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { Level } from "level";
import { checkLevel } from "../../../../firmware/platform/level/check-level.ts";
import { openLevel, type Recovery } from "../../../../firmware/platform/level/open-level.ts";
import { bytes } from "../../../../shared/base/units.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

const records = 800;
const contentOf = (index: number): string => `${index}:`.padEnd(120, `value ${index * 7919} `);

/** A closed store with all its records: the first half in a table, the second half in the log. */
async function makeStore(directory: string): Promise<void> {
  for (const half of [0, 1]) {
    const db = new Level(directory);
    await db.open();
    for (let index = half * (records / 2); index < (half + 1) * (records / 2); index++) {
      await db.put(`key-${String(index).padStart(4, "0")}`, contentOf(index));
    }
    await db.close();
  }
}

const filesOf = (directory: string, end: RegExp): readonly string[] =>
  readdirSync(directory)
    .filter((name) => end.test(name))
    .map((name) => join(directory, name));

function fileOf(directory: string, end: RegExp): string {
  const file = filesOf(directory, end).find((name) => statSync(name).size > 0);
  if (file === undefined) throw new Error(`no ${end} in ${directory}`);
  return file;
}

function flip(file: string, at: number, bits = 0x10): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ bits;
  writeFileSync(file, bytes);
}

interface Opened {
  readonly recovery: Recovery;
  /** Records that came back, all of them as they were written. */
  readonly whole: number;
  /** Records that came back with other content. */
  readonly wrong: number;
  readonly log: FakeLog;
}

async function openAndRead(directory: string): Promise<Opened> {
  const log = new FakeLog();
  const { db, recovery } = await openLevel({ directory, log });
  let whole = 0;
  let wrong = 0;
  for await (const [key, value] of db.iterator()) {
    if (value === contentOf(Number(key.slice(4)))) whole += 1;
    else wrong += 1;
  }
  await db.put("key-9999", "taken");
  await db.close();
  return { recovery, whole, wrong, log };
}

const alarms = (log: FakeLog): number => log.entries.filter(({ level }) => level === "error").length;

test("a new directory is made for its owner alone and opens clean", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "deep", "store");
  t.like(await openAndRead(directory), { recovery: "clean", whole: 0 });
  t.is(statSync(directory).mode & 0o777, 0o700);
  t.deepEqual(readdirSync(join(scratch.path, "deep")), ["store"]);
});

test("a whole store opens clean with all that is in it", async (t) => {
  using scratch = new ScratchDirectory();
  await makeStore(scratch.path);
  t.deepEqual(await checkLevel(scratch.path), []);
  const { recovery, whole, wrong, log } = await openAndRead(scratch.path);
  t.deepEqual({ recovery, whole, wrong }, { recovery: "clean", whole: records, wrong: 0 });
  t.deepEqual(log.entries, []);
});

test("a store as a killed process leaves it opens clean: a log cut inside its last record", async (t) => {
  using scratch = new ScratchDirectory();
  await makeStore(scratch.path);
  const file = fileOf(scratch.path, /\.log$/);
  truncateSync(file, statSync(file).size - 5);
  t.like(await openAndRead(scratch.path), { recovery: "clean", whole: records - 1, wrong: 0 });
});

test("a process that ended while it made the store left nothing to lose", async (t) => {
  using scratch = new ScratchDirectory();
  writeFileSync(join(scratch.path, "MANIFEST-000001"), "half");
  t.like(await openAndRead(scratch.path), { recovery: "clean" });
});

/** What breaks, and how many of the records come back at least. */
const breakages: readonly (readonly [string, (directory: string) => void, number])[] = [
  ["CURRENT missing", (directory) => rmSync(join(directory, "CURRENT")), records],
  ["CURRENT emptied", (directory) => truncateSync(join(directory, "CURRENT"), 0), records],
  ["CURRENT flipped", (directory) => flip(join(directory, "CURRENT"), 12), records],
  ["MANIFEST missing", (directory) => rmSync(fileOf(directory, /MANIFEST/)), records],
  ["MANIFEST emptied", (directory) => truncateSync(fileOf(directory, /MANIFEST/), 0), records],
  ["MANIFEST flipped", (directory) => flip(fileOf(directory, /MANIFEST/), 20), records],
  ["MANIFEST cut to its first record", (directory) => truncateSync(fileOf(directory, /MANIFEST/), 50), records],
  ["a table's data flipped", (directory) => flip(fileOf(directory, /\.ldb$/), 100), records / 2],
  [
    "a table's index flipped",
    (directory) => flip(fileOf(directory, /\.ldb$/), statSync(fileOf(directory, /\.ldb$/)).size - 60),
    records / 2,
  ],
  [
    "a table's footer flipped",
    (directory) => flip(fileOf(directory, /\.ldb$/), statSync(fileOf(directory, /\.ldb$/)).size - 3),
    records / 2,
  ],
  ["a table cut", (directory) => truncateSync(fileOf(directory, /\.ldb$/), 2000), records / 2],
  ["a table emptied", (directory) => truncateSync(fileOf(directory, /\.ldb$/), 0), records / 2],
  ["a table missing", (directory) => rmSync(fileOf(directory, /\.ldb$/)), records / 2],
  ["a log flipped in its second block", (directory) => flip(fileOf(directory, /\.log$/), 33_000), records / 2],
  ["a log missing", (directory) => rmSync(fileOf(directory, /\.log$/)), records / 2],
];

for (const [what, damage, least] of breakages) {
  test(`${what}: the store opens, says so, keeps a copy and gives back what is whole`, async (t) => {
    using scratch = new ScratchDirectory();
    const directory = join(scratch.path, "store");
    await makeStore(directory);
    damage(directory);
    t.not((await checkLevel(directory)).length, 0);
    const { recovery, whole, wrong, log } = await openAndRead(directory);
    t.is(recovery, "repaired");
    t.true(whole >= least, `${whole} of ${least}`);
    t.is(wrong, 0);
    t.true(alarms(log) >= 2);
    t.is(readdirSync(scratch.path).filter((name) => name.startsWith("store.damaged-")).length, 1);
    t.like(await openAndRead(directory), { recovery: "clean", whole, wrong: 1 });
  });
}

test("one flipped block of a table costs that block and no more", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "store");
  await makeStore(directory);
  flip(fileOf(directory, /\.ldb$/), 100);
  const { whole } = await openAndRead(directory);
  // A block holds about 4 KiB: some 35 of these records.
  t.true(whole >= records - 60 && whole < records, `${whole} records`);
});

test("a store of which nothing can be saved begins empty and says lost", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "store");
  await makeStore(directory);
  for (const file of filesOf(directory, /\.(ldb|log)$/)) writeFileSync(file, Buffer.alloc(statSync(file).size, 0xa5));
  const { recovery, whole, log } = await openAndRead(directory);
  t.deepEqual({ recovery, whole }, { recovery: "lost", whole: 0 });
  t.true(alarms(log) >= 2);
  t.is(readdirSync(scratch.path).filter((name) => /^store\.(damaged|lost)-/.test(name)).length >= 1, true);
});

test("of many copies the first and the newest are kept", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "store");
  await makeStore(directory);
  const copies: string[][] = [];
  for (let time = 0; time < 4; time++) {
    rmSync(join(directory, "CURRENT"));
    await openAndRead(directory);
    copies.push(
      readdirSync(scratch.path)
        .filter((name) => name.startsWith("store.damaged-"))
        .sort(),
    );
  }
  t.deepEqual(
    copies.map(({ length }) => length),
    [1, 2, 2, 2],
  );
  t.is(copies[3]?.[0], copies[0]?.[0]);
  t.not(copies[3]?.[1], copies[1]?.[1]);
});

test("no single flipped bit is ever silent: it costs nothing, or the store says that it was damaged", async (t) => {
  using scratch = new ScratchDirectory();
  const template = join(scratch.path, "template");
  await makeStore(template);
  const files = readdirSync(template).filter(
    (name) => /^(CURRENT|MANIFEST-\d+|\d+\.(ldb|log))$/.test(name) && statSync(join(template, name)).size > 0,
  );
  let turn = 0;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(7), async (name, place, bit) => {
        const directory = join(scratch.path, `store-${turn++}`);
        cpSync(template, directory, { recursive: true });
        flip(join(directory, name), place % statSync(join(directory, name)).size, 1 << bit);
        const { recovery, whole, wrong, log } = await openAndRead(directory);
        t.is(wrong, 0);
        // The last record of a log, cut short by a flipped length, looks like one that was being written.
        t.true(whole >= records - 1 || (recovery !== "clean" && alarms(log) > 0), `${recovery}, ${whole} records`);
        rmSync(directory, { recursive: true });
      }),
      { numRuns: 40 },
    ),
  );
});

test("a MANIFEST cut anywhere loses no table without a word", async (t) => {
  using scratch = new ScratchDirectory();
  const template = join(scratch.path, "template");
  const { db } = await openLevel({ directory: template, log: new FakeLog(), writeBufferSize: bytes(64 * 1024) });
  for (let index = 0; index < 2000; index++) await db.put(`key-${String(index).padStart(4, "0")}`, contentOf(index));
  await db.close();
  const manifest = fileOf(template, /MANIFEST/).slice(template.length + 1);
  const size = statSync(join(template, manifest)).size;
  for (let length = 0; length < size; length += 37) {
    const directory = join(scratch.path, `store-${length}`);
    cpSync(template, directory, { recursive: true });
    truncateSync(join(directory, manifest), length);
    const { recovery, whole, wrong } = await openAndRead(directory);
    t.deepEqual({ whole, wrong }, { whole: 2000, wrong: 0 }, `cut at ${length} of ${size}: ${recovery}`);
    rmSync(directory, { recursive: true });
  }
});

test("any rubbish in place of the files opens or is moved aside, and never throws", async (t) => {
  using scratch = new ScratchDirectory();
  let turn = 0;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 4, maxLength: 4 }), async (contents) => {
        const directory = join(scratch.path, `store-${turn++}`);
        mkdirSync(directory);
        for (const [index, name] of ["CURRENT", "MANIFEST-000004", "000005.ldb", "000006.log"].entries()) {
          writeFileSync(join(directory, name), index === 0 ? "MANIFEST-000004\n" : (contents[index] ?? ""));
        }
        t.not((await openAndRead(directory)).recovery, "clean");
      }),
      { numRuns: 20 },
    ),
  );
});

test("a store that another one has open is refused, whole or damaged, and left alone", async (t) => {
  using scratch = new ScratchDirectory();
  const directory = join(scratch.path, "store");
  const { db } = await openLevel({ directory, log: new FakeLog() });
  await db.put("a", "1");
  rmSync(join(directory, "CURRENT"));
  await t.throwsAsync(openLevel({ directory, log: new FakeLog() }), {
    code: "EDGE_STORE_LOCKED",
    message: /store is in use by another process|in use/,
  });
  t.is(await db.get("a"), "1");
  t.deepEqual(readdirSync(scratch.path), ["store"]);
  await db.close();
});

test("a directory that cannot be is refused by name", async (t) => {
  using scratch = new ScratchDirectory();
  const file = join(scratch.path, "file");
  writeFileSync(file, "");
  await t.throwsAsync(openLevel({ directory: join(file, "store"), log: new FakeLog() }), {
    code: "EDGE_STORE_UNWRITABLE",
    message: new RegExp(`${join(file, "store")}.*not a directory`),
  });
  t.true(existsSync(file));
});
