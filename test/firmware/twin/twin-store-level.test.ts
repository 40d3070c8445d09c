import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Level } from "level";
import { LevelTwinStore } from "../../../firmware/twin/twin-store-level.ts";
import { instant } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { sampleOf } from "./sample-of.ts";
import { metric } from "./store-bench.ts";
import { twinStoreContract } from "./twin-store-contract.ts";

twinStoreContract(test, {
  async open(parts) {
    const scratch = new ScratchDirectory();
    const store = await LevelTwinStore.open({ ...parts, directory: join(scratch.path, "twin") });
    const end = async (): Promise<void> => {
      await store.close();
      scratch[Symbol.dispose]();
    };
    return { store, end };
  },
});

const openStore = (directory: string, log = new FakeLog()): Promise<LevelTwinStore> =>
  LevelTwinStore.open({ directory, clock: new FakeClock(), log });

test("all of a twin outlives the process, times included", async (t) => {
  using scratch = new ScratchDirectory();
  const store = await openStore(scratch.path);
  await store.patchDesired("pump-1/speed", { value: 5, "ü\u2028": [null, { __proto__: null, a: 1 }] });
  await store.putStatus("pump-1/speed", { text: "ok", indicator: "idle", at: instant(7) }, 1);
  store.report(sampleOf("pump-1/speed", 4.5, 10));
  await store.flush();
  store.report(sampleOf("pump-1/speed", 4.5, 99));
  const before = JSON.stringify([...store.list()].map((twin) => ({ ...twin, rev: 0 })));
  await store.close();

  await using again = await openStore(scratch.path);
  t.is(again.recovery, "clean");
  t.is(JSON.stringify([...again.list()].map((twin) => ({ ...twin, rev: 0 }))), before);
  t.like(again.get("pump-1/speed"), { rev: 4, desiredRev: 1, observedRev: 1, reported: { source: 99 } });
});

test("the first sample after a start is news only when value or quality differ from what is on disk", async (t) => {
  using scratch = new ScratchDirectory();
  const store = await openStore(scratch.path);
  store.report(sampleOf("pump-1/a", [1, 2]));
  store.report(sampleOf("pump-1/b", 2));
  await store.close();
  await using again = await openStore(scratch.path);
  again.report(sampleOf("pump-1/a", [1, 2], 5000));
  again.report(sampleOf("pump-1/b", 2, 5000, "stale"));
  t.like(again.get("pump-1/a"), { rev: 1, reported: { source: 5000 } });
  t.like(again.get("pump-1/b"), { rev: 2, reported: { quality: "stale" } });
});

test("a removed feature stays away", async (t) => {
  using scratch = new ScratchDirectory();
  const store = await openStore(scratch.path);
  await store.patchDesired("pump-1/a", {});
  await store.remove("pump-1/a");
  await store.close();
  await using again = await openStore(scratch.path);
  t.deepEqual([...again.list()], []);
});

test("records lie where abstract-level's sublevels would put them", async (t) => {
  using scratch = new ScratchDirectory();
  const store = await openStore(scratch.path);
  await store.patchDesired("pump-1/a", { value: 1 });
  await store.close();
  const db = new Level(scratch.path);
  t.is(await db.sublevel("meta").get("schema"), "1");
  t.deepEqual(await db.sublevel("twin").keys().all(), ["pump-1/a"]);
  await db.close();
});

test("a record that cannot be read is set aside, counted and logged; the rest is used", async (t) => {
  using scratch = new ScratchDirectory();
  const store = await openStore(scratch.path);
  for (const key of ["pump-1/a", "pump-1/b", "pump-1/c"] as const) await store.patchDesired(key, { value: 1 });
  await store.close();
  const db = new Level<string, Buffer>(scratch.path, { valueEncoding: "buffer" });
  const wrong = Buffer.from([0x31, 0xff, 0x00, 0x80]);
  await db.put("!twin!pump-1/b", wrong);
  await db.put("!twin!no feature", wrong);
  await db.close();

  const log = new FakeLog();
  const again = await openStore(scratch.path, log);
  t.deepEqual(
    [...again.list()].map(({ feature }) => feature),
    ["a", "c"],
  );
  t.is(metric(again, "penstock_twin_quarantined"), 2);
  t.is(log.entries.filter(({ level }) => level === "error").length, 2);
  t.like(await again.patchDesired("pump-1/b", { value: 2 }), { rev: 1 });
  await again.close();

  const after = await openStore(scratch.path);
  t.is(metric(after, "penstock_twin_quarantined"), 2);
  t.is([...after.list()].length, 3);
  await after.close();
  const raw = new Level<string, Buffer>(scratch.path, { valueEncoding: "buffer" });
  t.deepEqual(await raw.sublevel<string, Buffer>("quarantine", { valueEncoding: "buffer" }).get("pump-1/b"), wrong);
  await raw.close();
});

test("a store of a newer version is refused and left as it is", async (t) => {
  using scratch = new ScratchDirectory();
  await (await openStore(scratch.path)).close();
  const db = new Level(scratch.path);
  await db.put("!meta!schema", "2");
  await db.close();
  await t.throwsAsync(openStore(scratch.path), {
    code: "EDGE_STORE_NEWER",
    message: /has schema 2, but this version knows schemas up to 1/,
  });
  const again = new Level(scratch.path);
  t.is(await again.get("!meta!schema"), "2");
  await again.close();
});

test("a store in use is refused by name", async (t) => {
  using scratch = new ScratchDirectory();
  await using store = await openStore(scratch.path);
  await t.throwsAsync(openStore(scratch.path), { code: "EDGE_STORE_LOCKED" });
  await t.notThrowsAsync(store.patchDesired("pump-1/a", {}));
});

test("a log that was emptied behind a clean close takes nothing with it", async (t) => {
  using scratch = new ScratchDirectory();
  const store = await openStore(scratch.path);
  await store.patchDesired("pump-1/a", { value: 1 });
  await store.close();
  for (const name of readdirSync(scratch.path)) if (name.endsWith(".log")) truncateSync(join(scratch.path, name), 0);
  await using again = await openStore(scratch.path);
  t.is(again.recovery, "clean");
  t.like(again.get("pump-1/a"), { desired: { value: 1 } });
});

test("a store that was begun and is empty says that it lost everything", async (t) => {
  using scratch = new ScratchDirectory();
  const db = new Level(scratch.path);
  await db.open();
  await db.close();
  const log = new FakeLog();
  await using store = await openStore(scratch.path, log);
  t.is(store.recovery, "lost");
  t.is(log.entries[0]?.level, "error");
});
