import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { MemoryLevel } from "memory-level";
import { readBackup, verifyBackup, writeBackup } from "../../../../host/twin/store/backup-file.ts";
import { backupFormat, backupVersion } from "../../../../host/twin/store/backup-format.ts";
import { backupStream } from "../../../../host/twin/store/backup-stream.ts";
import { LevelGatewayStore } from "../../../../host/twin/store/level-gateway-store.ts";
import { restoreBackup } from "../../../../host/twin/store/restore-backup.ts";
import { storeDirectory } from "../../../../host/twin/store/store-directory.ts";
import { Stopped } from "../../../../shared/base/stop-signal.ts";
import { BackupInvalid } from "../../../../shared/twin/store-errors.ts";
import type { Change } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { putThing } from "../../../harness/gateway-store-drafts.ts";
import { flipBit } from "../../../harness/level-files.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

const scratch = new ScratchDirectory();
test.after.always(() => scratch[Symbol.dispose]());

const never = new AbortController().signal;
const header = { format: backupFormat, version: backupVersion, schema: 1, createdAt: 1_700_000_000_000 } as const;
const actor = "user:anna";
const newPath = (): string => join(scratch.path, randomUUID());
const openStore = (data: string): Promise<LevelGatewayStore> =>
  LevelGatewayStore.open({ directory: storeDirectory(data), clock: new FakeClock(), log: new FakeLog() });

const changeOf = (n: number): Change => ({
  actor,
  puts: [putThing("pump", { labels: { n: String(n) }, description: "x".repeat(3000) }), putThing(`p${n}`)],
  cursors: [{ board: "b", stream: "s", term: 1, seq: n, prev: { term: n === 1 ? 0 : 1, seq: n - 1 } }],
});

test("any entries come back from a backup as they went in", async (t) => {
  const entry = fc.tuple(
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(300_000).fill(7))),
  );
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (entries) => {
        const db = new MemoryLevel<Uint8Array, Uint8Array>({ storeEncoding: "view", keyEncoding: "view", valueEncoding: "view" });
        await db.batch(entries.map(([key, value]) => ({ type: "put", key, value })));
        const file = newPath();
        const written = await writeBackup(file, backupStream(db, header, never));
        const hex = (rows: readonly (readonly [Uint8Array, Uint8Array])[]): readonly string[] =>
          rows.map(([key, value]) => `${Buffer.from(key).toString("hex")}=${createHash("sha256").update(value).digest("hex")}`);
        const read: string[] = [];
        const report = await readBackup(file, async (some) => {
          read.push(...hex(some));
        });
        const expected = hex(await db.iterator().all());
        return (
          JSON.stringify(read) === JSON.stringify(expected) &&
          report.entries === expected.length &&
          report.sha256 === written.sha256 &&
          report.bytes === written.bytes &&
          report.bytes === readFileSync(file).length &&
          report.createdAt === header.createdAt
        );
      }),
      { numRuns: 40 },
    ),
  );
});

/** A backup of a small store. */
async function makeBackup(file: string): Promise<void> {
  const data = newPath();
  await using store = await openStore(data);
  for (let n = 1; n <= 5; n++) await store.commit(changeOf(n));
  await store.backup(file, never);
}

test("no byte of a backup can change, be missing or be added without being found", async (t) => {
  const file = newPath();
  await makeBackup(file);
  const whole = readFileSync(file);
  t.true((await verifyBackup(file)).entries > 15);
  const damaged = newPath();
  for (let at = 0; at < whole.length; at += at < 200 || at > whole.length - 60 ? 1 : 211) {
    writeFileSync(damaged, whole);
    flipBit(damaged, at);
    await t.throwsAsync(verifyBackup(damaged), { instanceOf: BackupInvalid }, `a bit of byte ${at}`);
    writeFileSync(damaged, whole.subarray(0, at));
    await t.throwsAsync(verifyBackup(damaged), { instanceOf: BackupInvalid }, `cut at byte ${at}`);
  }
  writeFileSync(damaged, Buffer.concat([whole, Buffer.alloc(1)]));
  await t.throwsAsync(verifyBackup(damaged), { instanceOf: BackupInvalid });
});

test("a backup of a store that is written to is of one moment, and is restored as it was", async (t) => {
  const [data, file, target] = [newPath(), newPath(), newPath()];
  let last = 0;
  {
    await using store = await openStore(data);
    for (; last < 200; last++) await store.commit(changeOf(last + 1));
    let done = false;
    const backup = store.backup(file, never).finally(() => {
      done = true;
    });
    const before = last;
    for (; !done; last++) await store.commit(changeOf(last + 1));
    const { entries } = await backup;
    t.true(entries > before);
  }
  const report = await restoreBackup(file, target, false);
  t.is(report.sha256, (await verifyBackup(file)).sha256);
  await using restored = await openStore(target);
  t.is(restored.repaired, undefined);
  const rev = (await restored.get("thing", "pump"))?.rev ?? 0;
  t.true(rev >= 200 && rev <= last);
  t.deepEqual([...(await restored.cursors("b"))], [["s", { term: 1, seq: rev }]]);
  t.is(restored.count("thing"), rev + 1);
  t.is((await restored.events(0, 10_000)).newest, 2 * rev);
  const { events } = await restored.commit(changeOf(rev + 1));
  t.is(events[0]?.seq, 2 * rev + 1);
});

test("the stream of a backup is the file of it", async (t) => {
  const file = newPath();
  await using store = await openStore(newPath());
  await store.commit(changeOf(1));
  await store.backup(file, never);
  const pieces: Uint8Array[] = [];
  for await (const piece of store.backupStream(never)) pieces.push(piece);
  t.deepEqual(Buffer.concat(pieces), readFileSync(file));
});

test("a backup that is stopped leaves no file behind, and one that nobody reads to its end holds nothing open", async (t) => {
  const home = newPath();
  mkdirSync(home);
  await using store = await openStore(newPath());
  for (let n = 1; n <= 200; n++) await store.commit({ actor, puts: [putThing(`p${n}`, { description: "x".repeat(1000) })] });
  const stop = new AbortController();
  stop.abort();
  await t.throwsAsync(store.backup(join(home, "file"), stop.signal), { instanceOf: Stopped });
  t.deepEqual(readdirSync(home), []);
  for await (const piece of store.backupStream(never)) {
    t.true(piece.length > 0);
    break;
  }
  await t.notThrowsAsync(store.close());
});

test("a restore takes the place of a store only when it is asked to, and only of one that nobody uses", async (t) => {
  const [file, data] = [newPath(), newPath()];
  await makeBackup(file);
  {
    await using store = await openStore(data);
    await store.commit({ actor, puts: [putThing("mine")] });
    await t.throwsAsync(restoreBackup(file, data, false), { code: "EDGE_RESTORE_REFUSED" });
    await t.throwsAsync(restoreBackup(file, data, true), { code: "EDGE_STORE_LOCKED" });
  }
  await t.throwsAsync(restoreBackup(file, data, false), { code: "EDGE_RESTORE_REFUSED" });
  flipBit(file, 3000);
  await t.throwsAsync(restoreBackup(file, data, true), { instanceOf: BackupInvalid });
  {
    await using store = await openStore(data);
    t.like(await store.get("thing", "mine"), { id: "mine" });
  }
  flipBit(file, 3000);
  await restoreBackup(file, data, true);
  t.deepEqual(readdirSync(data), ["store"]);
  await using store = await openStore(data);
  t.is(await store.get("thing", "mine"), undefined);
  t.like(await store.get("thing", "pump"), { rev: 5 });
});

test("what is no backup, or one of another time, says so", async (t) => {
  const file = newPath();
  writeFileSync(file, "some text that somebody took for a backup, long enough to have a header");
  await t.throwsAsync(verifyBackup(file), { instanceOf: BackupInvalid });
  const db = new MemoryLevel<Uint8Array, Uint8Array>({ storeEncoding: "view", keyEncoding: "view", valueEncoding: "view" });
  await writeBackup(file, backupStream(db, { ...header, version: 2 }, never));
  await t.throwsAsync(verifyBackup(file), { message: /version 2/ });
  await writeBackup(file, backupStream(db, { ...header, schema: 2 }, never));
  await t.throwsAsync(restoreBackup(file, newPath(), false), { code: "EDGE_STORE_NEWER" });
});
