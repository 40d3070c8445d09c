import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import test from "ava";
import { ClassicLevel } from "classic-level";
import { LevelGatewayStore, type LevelGatewayStoreParts } from "../../../../host/twin/store/level-gateway-store.ts";
import { verifyStoredAudit } from "../../../../host/twin/store/verify-stored-audit.ts";
import { millis } from "../../../../shared/base/units.ts";
import type { AuditDraft } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { putThing } from "../../../harness/gateway-store-drafts.ts";
import { flipBit, levelFiles } from "../../../harness/level-files.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { gatewayStoreContract } from "./gateway-store-contract.ts";

const scratch = new ScratchDirectory();
test.after.always(() => scratch[Symbol.dispose]());

const actor = "user:anna";
const never = new AbortController().signal;
const place = (): string => join(scratch.path, randomUUID(), "store");
const audit: AuditDraft = { actor, via: "rest", action: "thing:update", kind: "thing", id: "p", outcome: "done" };

async function open(directory: string, more: Partial<LevelGatewayStoreParts> = {}): Promise<LevelGatewayStore> {
  return LevelGatewayStore.open({ directory, clock: new FakeClock(), log: new FakeLog(), ...more });
}

gatewayStoreContract("on disk", (parts) => LevelGatewayStore.open({ ...parts, directory: place() }));

/** Stores with two closed runs in them: the tables of both. */
async function makeStore(directory: string): Promise<void> {
  for (const run of [0, 1]) {
    await using store = await open(directory);
    for (let n = 0; n < 50; n++) {
      const id = `p${run}-${n}`;
      await store.commit({
        actor,
        puts: [putThing(id, { description: `${id} ${"x".repeat(200)}`, labels: { site: "east" } })],
        audit: [audit],
      });
    }
  }
}

/** Changes what is stored behind the store's back. */
async function tamper(directory: string, change: (db: ClassicLevel) => Promise<void>): Promise<void> {
  const db = new ClassicLevel(directory);
  await change(db);
  await db.close();
}

const auditKey = (seq: number): string => `aud/${seq.toString(16).padStart(16, "0")}`;

test("a store that is opened again has everything and goes on counting", async (t) => {
  const directory = place();
  const reading = {
    thing: "p",
    feature: "level",
    value: 7,
    quality: "good",
    source: 1_700_000_000_000,
    received: 1,
    term: 1,
    seq: 1,
  } as const;
  {
    await using store = await open(directory);
    await store.commit({ actor, puts: [putThing("a", { labels: { site: "east" } }), putThing("b")], audit: [audit, audit] });
    await store.commit({
      actor,
      deletes: [{ kind: "thing", id: "b" }],
      readings: [reading],
      cursors: [{ board: "x", stream: "s", term: 1, seq: 1, prev: { term: 0, seq: 0 } }],
      state: [{ key: "broker/epoch", value: 4 }],
    });
    await store.setEventCursor("listener", 2);
    t.is(store.repaired, undefined);
  }
  await using store = await open(directory);
  t.is(store.repaired, undefined);
  t.like(await store.get("thing", "a"), { id: "a", rev: 1 });
  t.is(store.count("thing"), 1);
  t.deepEqual(await store.lookup("label", "site=east", { limit: 9 }), ["a"]);
  t.deepEqual([...(await store.cursors("x"))], [["s", { term: 1, seq: 1 }]]);
  t.is(await store.state("broker/epoch"), 4);
  t.is(await store.eventCursor("listener"), 2);
  t.like(store.history.latest("p", "level"), { value: 7 });
  const { events } = await store.commit({ actor, puts: [putThing("c")], audit: [audit] });
  t.is(events[0]?.seq, 4);
  t.deepEqual(await store.verifyAudit(never), { lines: 3, first: 1 });
});

test("event numbers go on where all events but the newest were pruned", async (t) => {
  const directory = place();
  const clock = new FakeClock();
  {
    await using store = await open(directory, { clock });
    for (let n = 0; n < 30; n++) await store.commit({ actor, puts: [putThing(`p${n}`)] });
    await clock.advance(millis(48 * 3_600_000));
    for (let n = 30; n < 33; n++) await store.commit({ actor, puts: [putThing(`p${n}`)] });
  }
  await using store = await open(directory, { clock });
  t.like(await store.events(0, 10), { oldest: 31, newest: 33 });
  await store.commit({ actor, puts: [putThing("last")] });
  t.like(await store.events(0, 10), { newest: 34 });
});

test("a store that another has open is not opened twice", async (t) => {
  const directory = place();
  await using store = await open(directory);
  await t.throwsAsync(open(directory), { code: "EDGE_STORE_LOCKED" });
  t.is(store.repaired, undefined);
});

test("a store of a newer version is left alone", async (t) => {
  const directory = place();
  await (await open(directory)).close();
  const db = new ClassicLevel(directory);
  await db.put("meta/schema", "2");
  await db.close();
  await t.throwsAsync(open(directory), { code: "EDGE_STORE_NEWER" });
});

test("a directory that cannot be a store says so", async (t) => {
  const file = join(scratch.path, "file");
  writeFileSync(file, "");
  await t.throwsAsync(open(join(file, "store")), { code: "EDGE_STORE_UNWRITABLE" });
});

const copiesOf = (directory: string): readonly string[] =>
  readdirSync(dirname(directory)).filter((name) => name.startsWith(`${basename(directory)}.`));

test("damage in a table is found before it is handed out, and told", async (t) => {
  const directory = place();
  await makeStore(directory);
  const [table = ""] = levelFiles(directory, /\.ldb$/);
  flipBit(table, 100);
  const log = new FakeLog();
  await using store = await open(directory, { log });
  t.regex(store.repaired ?? "", /fails its checksum.*repaired.*copy/);
  t.true(log.entries.some(({ level }) => level === "error"));
  t.is(copiesOf(directory).length, 1);
  const things = await store.list("thing", { limit: 1000 });
  t.true(things.length >= 1);
  t.true(things.every(({ id, description }) => description?.startsWith(`${id} `)));
  t.is(store.count("thing"), things.length);
  await t.notThrowsAsync(store.commit({ actor, puts: [putThing("new")] }));
  // The copy has the table as it was found.
  const copy = join(dirname(directory), copiesOf(directory)[0] ?? "");
  t.deepEqual(readdirSync(copy).filter((name) => name.endsWith(".ldb")).length > 0, true);
});

test("after a repair indexes and counts fit the documents that are left, also when it is opened once more", async (t) => {
  const directory = place();
  await makeStore(directory);
  await tamper(directory, async (db) => {
    await db.del("doc/thing/p0-7");
    await db.del("idx/label/site=east/p0-8");
    await db.put("idx/label/site=east/ghost", "");
  });
  rmSync(join(directory, "CURRENT"));
  for (let opened = 0; opened < 2; opened++) {
    await using store = await open(directory);
    const things = await store.list("thing", { limit: 1000 });
    t.is(things.length, 99);
    t.is(store.count("thing"), 99);
    t.deepEqual(
      await store.lookup("label", "site=east", { limit: 1000 }),
      things.map(({ id }) => id),
    );
  }
});

test("the audit log of a store that nobody has open is checked where it lies", async (t) => {
  const directory = place();
  await makeStore(directory);
  t.deepEqual(await verifyStoredAudit(directory, new FakeLog(), never), { lines: 100, first: 1 });
  await tamper(directory, (db) => db.del(auditKey(50)));
  t.is((await verifyStoredAudit(directory, new FakeLog(), never)).wrong?.seq, 50);
});

test("a store whose CURRENT is gone is repaired, not begun anew", async (t) => {
  const directory = place();
  await makeStore(directory);
  rmSync(join(directory, "CURRENT"));
  await using store = await open(directory);
  t.regex(store.repaired ?? "", /CURRENT is missing.*repaired/);
  t.is(store.count("thing"), 100);
  t.deepEqual((await store.verifyAudit(never)).wrong, undefined);
});

test("a store that lost all its files begins empty, and says so", async (t) => {
  const directory = place();
  await makeStore(directory);
  for (const file of [...levelFiles(directory, /\.ldb$/), ...levelFiles(directory, /MANIFEST|\.log$/)]) rmSync(file);
  await using store = await open(directory);
  t.is(store.count("thing"), 0);
  t.not(store.repaired, undefined);
  await t.notThrowsAsync(store.commit({ actor, puts: [putThing("new")] }));
});

for (const [what, change, wrong] of [
  [
    "changed",
    async (db: ClassicLevel) => db.put(auditKey(4), ((await db.get(auditKey(4))) ?? "").replace(actor, "user:eve")),
    { seq: 4, why: "the line was changed" },
  ],
  ["removed", (db: ClassicLevel) => db.del(auditKey(4)), { seq: 4, why: "the line is missing; 5 comes next" }],
  ["removed at the begin", (db: ClassicLevel) => db.del(auditKey(1)), { seq: 1, why: "the line is missing; 2 comes next" }],
  [
    "cut off at the end",
    async (db: ClassicLevel) => db.batch([auditKey(99), auditKey(100)].map((key) => ({ type: "del", key }))),
    { seq: 99, why: "lines up to 100 are missing" },
  ],
] as const) {
  test(`an audit line that was ${what} is found`, async (t) => {
    const directory = place();
    await makeStore(directory);
    await tamper(directory, change);
    await using store = await open(directory);
    t.deepEqual((await store.verifyAudit(never)).wrong, wrong);
    await store.commit({ actor, audit: [audit] });
    t.not((await store.verifyAudit(never)).wrong, undefined);
  });
}

test("a document that cannot be read hides no other and is not taken for none", async (t) => {
  const directory = place();
  await makeStore(directory);
  await tamper(directory, (db) => db.put("doc/thing/p0-3", '{"id":"p0-3",'));
  const log = new FakeLog();
  await using store = await open(directory, { log });
  await t.throwsAsync(store.get("thing", "p0-3"), { code: "EDGE_STORE_DOCUMENT" });
  await t.throwsAsync(store.commit({ actor, puts: [putThing("p0-3")] }), { code: "EDGE_STORE_DOCUMENT" });
  t.is((await store.list("thing", { limit: 1000 })).length, 99);
  t.true(log.entries.some(({ message }) => message.includes("cannot be read")));
  t.true(existsSync(directory));
});
