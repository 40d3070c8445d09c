import { statSync } from "node:fs";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { connect, connectAsync } from "mqtt";
import { LearnedFile } from "../../firmware/acquisition/learned-file.ts";
import { LinkMemoryFile } from "../../firmware/connectors/uplink/link-memory-file.ts";
import { FlashWear } from "../../firmware/pipeline/flash-wear.ts";
import { NodeLogFs } from "../../firmware/pipeline/log-fs-node.ts";
import { millis } from "../../shared/base/units.ts";
import { GapReason } from "../../shared/pipeline/gap-record.ts";
import { type JournalRecord, RecordKind } from "../../shared/pipeline/journal-record.ts";
import { bootIdOf } from "../../shared/pipeline/term-record.ts";
import { FakeClock, settle } from "../harness/fake-clock.ts";
import { FakeLog } from "../harness/fake-log.ts";
import { FarmProcess } from "../harness/farm-process.ts";
import { freePort } from "../harness/free-port.ts";
import { RunningBoard, type RunningBoardOptions } from "../harness/running-board.ts";
import { SmallVolume } from "../harness/small-volume.ts";
import { until } from "../harness/until.ts";
import { volumeTest } from "../harness/volume-test.ts";
import { BoardWatch, eventually, watchedConfig } from "../harness/watched-board.ts";
import { gapsIn, openJournal, readAll } from "./pipeline/open-journal.ts";

const onVolume = volumeTest();
const stores = ["store twin", "store broker", "store journal"];

interface Place {
  readonly volume: SmallVolume;
  /** Starts the board on the volume; it ends with the test. */
  start(options?: Partial<RunningBoardOptions>): Promise<RunningBoard>;
}

async function placeFor(t: ExecutionContext, bytes: number, points?: number): Promise<Place> {
  t.timeout(60_000);
  const volume = new SmallVolume(bytes);
  t.teardown(() => volume[Symbol.dispose]());
  const farm = await FarmProcess.start();
  t.teardown(() => farm.stop());
  const uplink = `mqtt://127.0.0.1:${await freePort()}`;
  const config = watchedConfig({ port: farm.port, uplink, ...(points !== undefined && { points }) });
  return {
    volume,
    async start(options) {
      const board = await RunningBoard.start({ config, data: volume.path, ...options });
      t.teardown(() => board.kill());
      return board;
    },
  };
}

/** All records of the samples' stream that lie in a data directory. */
async function journalIn(data: string): Promise<readonly JournalRecord[]> {
  const fs = new NodeLogFs(new FlashWear({ clock: new FakeClock() }));
  await using journal = await openJournal({ fs, directory: path.join(data, "journal") });
  return readAll(journal, "samples");
}

/** Numbers that neither a record has nor a gap record tells of. */
function untold(records: readonly JournalRecord[]): readonly number[] {
  const missing: number[] = [];
  let last = (records[0]?.seq ?? 1) - 1;
  const gaps = new Map(gapsIn(records).map((gap) => [gap.at, gap]));
  for (const { seq } of records) {
    const from = gaps.get(seq)?.from.seq ?? seq;
    for (let one = last + 1; one < from; one += 1) missing.push(one);
    last = seq;
  }
  return missing;
}

onVolume("a board whose disk fills up polls and serves on, promises nothing, says what it lost, and recovers by itself", async (t) => {
  const { volume, start } = await placeFor(t, 24 << 20, 300);
  const board = await start();
  const watch = await BoardWatch.open(t, board);
  const absent = await connectAsync(board.mqtt, { clientId: "absent", clean: false, reconnectPeriod: 0 });
  await absent.subscribeAsync("queue/#", { qos: 1 });
  await absent.endAsync();
  await watch.client.publishAsync("kept/before", "1", { qos: 1, retain: true });
  t.like(await watch.set("p0", 1), { state: "done" });
  t.deepEqual(await watch.ailing(), []);

  volume.fill();
  // A client that waits for so many acknowledgements is not listened to meanwhile: it is another one.
  const publisher = await connectAsync(board.mqtt, { reconnectPeriod: 0 });
  let acknowledged = 0;
  const published: Promise<unknown>[] = [];
  for (let n = 0; n < 20; n += 1) {
    for (const [topic, retain] of [
      [`kept/${n}`, true],
      [`queue/${n}`, false],
    ] as const)
      published.push(publisher.publishAsync(topic, "x".repeat(4000), { qos: 1, retain }).then(() => (acknowledged += 1)));
  }
  await eventually(async () => {
    volume.fill();
    return (await watch.ailing()).length === stores.length && (await watch.metric("penstock_journal_dropped_total", 'why="memory"')) > 0;
  });
  t.deepEqual(await watch.ailing(), stores);
  const before = acknowledged;
  t.like(await watch.set("p1", 7), { state: "failed", code: "EDGE_TWIN_STORE" });
  await watch.sampled();
  t.true((await watch.metric("penstock_journal_failures_total")) > 0);
  t.true((await watch.metric("penstock_twin_failures_total")) > 0);
  t.true((await watch.metric("penstock_broker_store_failures_total")) > 0);
  const records = await watch.metric("penstock_journal_records_total");
  t.true((await watch.metric("penstock_journal_dropped_total")) < records);
  t.true(acknowledged < published.length && acknowledged === before, "what is not on disk is not acknowledged");

  volume.makeRoom();
  await eventually(async () => (await watch.ailing()).length === 0);
  await Promise.all(published);
  await publisher.endAsync();
  t.like(await watch.set("p1", 8), { state: "done" });
  await watch.sampled();
  watch.close();
  t.is(await board.stop(), 0);

  const kept = await journalIn(volume.path);
  t.deepEqual(untold(kept), []);
  t.true(gapsIn(kept).some(({ why, count }) => why === GapReason.memory && count > 0));

  const again = await start();
  const { checks } = await again.checkHealth();
  t.deepEqual(
    stores.map((store) => checks.get(store)),
    ["ok", "ok", "ok"],
  );
  const queued = new Set<string>();
  const back = connect(again.mqtt, { clientId: "absent", clean: false, reconnectPeriod: 0 });
  back.on("message", (topic) => queued.add(topic));
  const looker = await BoardWatch.open(t, again, "kept/#", "penstock/v1/unit/twin/+/desired");
  await eventually(() => queued.size === 20 && looker.others.size >= 23);
  t.is(JSON.parse(looker.others.get("penstock/v1/unit/twin/p0/desired") ?? "{}").value, 1);
  t.is(JSON.parse(looker.others.get("penstock/v1/unit/twin/p1/desired") ?? "{}").value, 8);
  back.end(true);
  looker.close();
});

onVolume("a board that is killed or stopped on a full disk starts on it again and again, by room that it keeps for that", async (t) => {
  const { volume, start } = await placeFor(t, 16 << 20);
  let board = await start();
  let watch = await BoardWatch.open(t, board);
  t.like(await watch.set("p0", 5), { state: "done" });
  const reserve = path.join(volume.path, "reserve");
  await eventually(() => volume.size("reserve") === 2 << 20);
  for (let round = 1; round <= 3; round += 1) {
    volume.fill();
    await eventually(async () => (await watch.ailing()).includes("store journal"));
    watch.close();
    if (round < 3) await board.kill();
    else t.is(await board.stop(), 0);
    volume.fill();
    board = await start();
    watch = await BoardWatch.open(t, board, "penstock/v1/unit/twin/+/desired");
    await watch.sampled();
    t.true(board.log.join("").includes("the room that was kept for it"), `round ${round}`);
    t.true(statSync(reserve).size > 1 << 20, `round ${round}: ${statSync(reserve).size} left`);
    t.is(JSON.parse(watch.others.get("penstock/v1/unit/twin/p0/desired") ?? "{}").value, 5);
  }
  volume.makeRoom();
  await eventually(async () => (await watch.ailing()).length === 0);
  t.like(await watch.set("p0", 6), { state: "done" });
  watch.close();
  t.is(await board.stop(), 0);
  const kept = await journalIn(volume.path);
  t.deepEqual(untold(kept), []);
  const starts = kept.filter(({ kind }) => kind === RecordKind.term);
  const places = new Set(starts.map(({ term, payload }) => `${term} ${bootIdOf(payload)}`));
  t.is(places.size, new Set(starts.map(({ term }) => term)).size, "no start took the term of another");
});

onVolume("a board with no room for its stores polls and serves without them, says so, and opens them when there is room", async (t) => {
  const { volume, start } = await placeFor(t, 8 << 20);
  // A page for its configuration.
  volume.fill(4096);
  const board = await start({ mqttPort: await freePort(), healthPort: await freePort() });
  const watch = await BoardWatch.open(t, board);
  await watch.sampled();
  t.deepEqual(await watch.ailing(), stores);
  t.like(await watch.set("p0", 5), { state: "failed", code: "EDGE_TWIN_STORE" });
  let acknowledged = false;
  const published = watch.client.publishAsync("kept/a", "1", { qos: 1, retain: true }).then(() => {
    acknowledged = true;
  });
  await watch.sampled();
  t.false(acknowledged);
  volume.makeRoom();
  // The client asks once more when it has connected again.
  await published;
  await eventually(async () => (await watch.ailing().catch(() => ["health"])).length === 0);
  await watch.sampled();
  t.like(await watch.set("p0", 6), { state: "done" });
  watch.close();
  t.is(await board.stop(), 0);
  t.true((await journalIn(volume.path)).some(({ kind }) => kind === RecordKind.sample));
});

onVolume("what was learned of units waits for room, and what was written before stays", async (t) => {
  using volume = new SmallVolume(1 << 20);
  const [clock, log, file] = [new FakeClock(), new FakeLog(), path.join(volume.path, "learned.json")];
  const parts = { file, things: new Set(["unit"]), clock, log };
  const learned = await LearnedFile.open(parts);
  const count = (what: string): number => learned.metrics().find(({ name }) => name.includes(what))?.values[0]?.value ?? 0;
  const facts = (registers: number) => ({ line: "line", unit: 1, registers, holes: [] });
  learned.put("unit", facts(32));
  await clock.advance(millis(60_000));
  await until(() => count("writes_total") === 1);
  volume.fill();
  learned.put("unit", facts(64));
  await clock.advance(millis(60_000));
  await until(() => count("failures_total") === 1);
  t.is((await LearnedFile.open(parts)).get("unit")?.registers, 32);
  volume.makeRoom();
  await settle();
  await clock.advance(millis(60_000));
  await until(() => count("writes_total") === 2);
  t.is((await LearnedFile.open(parts)).get("unit")?.registers, 64);
  await learned.close();
});

onVolume("the memory of the link is as it was when there is no room for a change, and takes the next one", async (t) => {
  using volume = new SmallVolume(1 << 20);
  const store = new LinkMemoryFile(path.join(volume.path, "link"));
  const memory = (epoch: number) => ({ origin: "o".repeat(32), floor: 0, term: 1, epoch, applied: 0, begun: undefined, results: [] });
  await store.save(memory(1));
  volume.fill();
  await t.throwsAsync(store.save(memory(2)), { code: "ENOSPC" });
  t.is((await new LinkMemoryFile(path.join(volume.path, "link")).load())?.epoch, 1);
  await t.throwsAsync(store.save(memory(2)), { code: "ENOSPC" });
  t.is((await new LinkMemoryFile(path.join(volume.path, "link")).load())?.epoch, 1);
  volume.makeRoom();
  await store.save(memory(3));
  t.is((await new LinkMemoryFile(path.join(volume.path, "link")).load())?.epoch, 3);
});
