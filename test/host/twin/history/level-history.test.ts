import test from "ava";
import { ClassicLevel } from "classic-level";
import { LevelHistory } from "../../../../host/twin/history/level-history.ts";
import { Stopped } from "../../../../shared/base/stop-signal.ts";
import { instant, millis } from "../../../../shared/base/units.ts";
import { QueryTooCostly } from "../../../../shared/twin/documents/document-errors.ts";
import type { Bucket, Reading } from "../../../../shared/twin/documents/reading.ts";
import { StoreFull } from "../../../../shared/twin/store-errors.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { day, HistoryLab, hour, never, reading, start } from "./history-lab.ts";

const flow = { thing: "pump", feature: "flow" };
const tomorrow = instant(start + day);

const bucketsOf = async (lab: { readonly history: LevelHistory }, from: number, to: number, buckets = 1000): Promise<readonly Bucket[]> =>
  (await lab.history.buckets({ ...flow, from, to, buckets }, never)).buckets;

const pageOf = (lab: { readonly history: LevelHistory }, more: object = {}): Promise<readonly Reading[]> =>
  lab.history.readings({ ...flow, from: start - 10 * day, to: start + 10 * day, limit: 100, ...more }, never);

test("a reading shows as the newest once its batch is on disk", async (t) => {
  const lab = await HistoryLab.memory();
  const one = reading(start, 1);
  const written = lab.write([one]);
  t.is(lab.history.latest("pump", "flow"), undefined);
  await written;
  t.deepEqual(lab.history.latest("pump", "flow"), one);
  t.deepEqual(lab.history.latestOf("pump"), [one]);
  t.deepEqual(lab.history.latestOf("fan"), []);
});

test("a batch that failed leaves nothing, and the next one names the point again", async (t) => {
  const lab = await HistoryLab.memory();
  await lab.write([reading(start, 1)], "failed");
  t.is(lab.history.latest("pump", "flow"), undefined);
  const one = reading(start + 1, 2);
  await lab.write([one]);
  await lab.reopen();
  t.deepEqual(lab.history.latest("pump", "flow"), one);
  t.deepEqual(await pageOf(lab), [one]);
});

test("what comes late never becomes the newest; with the same time the later place in the journal does", async (t) => {
  const lab = await HistoryLab.memory();
  const good = reading(start, 5, { term: 2, seq: 9 });
  await lab.write([good]);
  await lab.write([reading(start - 1, 4, { term: 3, seq: 10 })]);
  t.deepEqual(lab.history.latest("pump", "flow"), good);
  const stale = { ...good, quality: "stale" as const, received: start + 30_000, reason: "no answer", seq: 11 };
  await lab.write([stale, reading(start, 5, { term: 2, seq: 10 })]);
  t.deepEqual(lab.history.latest("pump", "flow"), stale);
  await lab.reopen();
  t.deepEqual(lab.history.latest("pump", "flow"), stale);
});

test("a reading from a clock that ran ahead by more than a day gives way to later ones from a clock that is right", async (t) => {
  const lab = await HistoryLab.memory();
  const ahead = reading(start + 400 * day, 1);
  await lab.write([ahead]);
  t.deepEqual(lab.history.latest("pump", "flow"), ahead);
  await lab.reopen();
  t.deepEqual(lab.history.latest("pump", "flow"), ahead);
  const right = reading(start, 2);
  await lab.write([reading(start - 1, 3), right, reading(start + 401 * day, 4)]);
  t.deepEqual(lab.history.latest("pump", "flow"), right);
  await lab.reopen();
  t.deepEqual(lab.history.latest("pump", "flow"), right);
  t.is((await lab.history.readings({ ...flow, from: start, to: start + 500 * day, limit: 10 }, never)).length, 3);
});

test("several parts of one batch are all kept, and a point that both bring is one", async (t) => {
  const lab = await HistoryLab.memory();
  await lab.writeTogether([[reading(start, 1)], [reading(start + 1, 2)], [reading(start + 2, 3, { feature: "level" })]]);
  await lab.reopen();
  t.is(lab.metric("points"), 2);
  t.deepEqual(
    (await pageOf(lab)).map(({ value }) => value),
    [1, 2],
  );
});

test("readings come in order of source time and place, page by page, in both directions", async (t) => {
  const lab = await HistoryLab.memory();
  const places = [
    [5, 1, 1],
    [5, 1, 2],
    [5, 1, 300],
    [5, 2, 0],
    [6, 1, 70_000],
    [7, 1, 2 ** 40],
    [-3_000_000_000_000, 1, 5],
  ] as const;
  const all = places.map(([source, term, seq]) => reading(source, source, { term, seq }));
  await lab.write(all.toSorted((a, b) => a.seq - b.seq));
  const ordered = all.toSorted((a, b) => a.source - b.source || a.term - b.term || a.seq - b.seq);
  for (const reverse of [false, true]) {
    const found: Reading[] = [];
    for (;;) {
      const after = found.at(-1);
      const query = { ...flow, from: -4e12, to: 8, limit: 2, reverse, ...(after === undefined ? {} : { after }) };
      const page = await lab.history.readings(query, never);
      if (page.length === 0) break;
      found.push(...page);
    }
    t.deepEqual(found, reverse ? ordered.toReversed() : ordered);
  }
  t.deepEqual(
    await lab.history.readings({ ...flow, from: 5, to: 6, limit: 10 }, never),
    ordered.filter(({ source }) => source === 5),
  );
  t.deepEqual(await lab.history.readings({ ...flow, from: 6, to: 6, limit: 10 }, never), []);
});

test("a reading that is written again is one", async (t) => {
  const lab = await HistoryLab.memory({}, tomorrow);
  const one = reading(start, 3);
  await lab.write([one, one]);
  await lab.maintain(2);
  await lab.write([one]);
  t.is((await bucketsOf(lab, start, start + hour))[0]?.count, 1);
  await lab.maintain(3);
  t.is((await bucketsOf(lab, start, start + 30 * hour, 30))[0]?.count, 1);
});

test("minimum, maximum and mean leave out what is bad or no number; the worst quality shows", async (t) => {
  const lab = await HistoryLab.memory();
  await lab.write([
    reading(start, 4),
    reading(start + 1, true, { quality: "uncertain" }),
    reading(start + 2, "text"),
    reading(start + 3, 7, { quality: "stale" }),
    reading(start + 4, 1000, { quality: "bad" }),
  ]);
  t.deepEqual(await bucketsOf(lab, start, start + 1000, 1), [
    {
      from: start,
      count: 5,
      min: 1,
      max: 7,
      mean: 4,
      last: 1000,
      lastAt: start + 4,
      quality: "bad",
      qualities: { good: 2, uncertain: 1, bad: 1, stale: 1 },
    },
  ]);
});

test("a part of objects is answered by its path", async (t) => {
  const lab = await HistoryLab.memory({}, tomorrow);
  await lab.write([reading(start, { power: { watts: 5 } }), reading(start + 1, { power: 3 }), reading(start + 2, { power: { watts: 8 } })]);
  await lab.maintain(2);
  const query = { ...flow, from: start, to: start + hour, buckets: 1, path: "power/watts" };
  const { buckets } = await lab.history.buckets(query, never);
  t.like(buckets[0], { count: 3, min: 5, max: 8, mean: 6.5, last: 8 });
});

test("an hour that is written to while it is summed up keeps its mark and misses nothing", async (t) => {
  for (const late of ["under way", "on disk"] as const) {
    const lab = await HistoryLab.memory({}, tomorrow);
    await lab.write([reading(start, 1)]);
    await lab.maintain();
    let written: Promise<unknown> | undefined;
    const rounds: string[] = [];
    for (let round = 0; round < 4; round++) {
      await lab.maintainWith(async (fill) => {
        rounds.push("commit");
        if (written === undefined) {
          written = lab.write([reading(start + 1, 3)]);
          if (late === "on disk") await written;
        }
        await lab.commit(fill);
      });
      await written;
      const [bucket] = await bucketsOf(lab, start, start + 30 * hour, 30);
      t.like(bucket, rounds.length === 0 ? { count: 1, max: 1 } : { count: 2, max: 3 }, `${late}, round ${round}`);
    }
    t.is(await lab.unsound(), undefined);
  }
});

test("upkeep that failed is done again in the next round", async (t) => {
  const lab = await HistoryLab.memory({}, tomorrow);
  await lab.write([reading(start, 1)]);
  await lab.maintain();
  lab.failingUpkeep = 1;
  await t.throwsAsync(lab.maintain(), { message: "the disk refuses" });
  await lab.maintain(2);
  t.is(await lab.unsound(), undefined);
  t.is(lab.metric("hours_summed_total"), 1);
});

test("what comes late into an hour whose readings are gone is added to its sums, once", async (t) => {
  const lab = await HistoryLab.memory({ rawDays: 1, minuteDays: 2 }, instant(start + 10 * day));
  const newest = reading(start + 9 * day, 1);
  await lab.write([reading(start, 2), reading(start + 61_000, 3), newest]);
  await lab.maintain(2);
  await lab.pass(25);
  await lab.maintain();
  t.deepEqual(await pageOf(lab), [newest]);
  for (const [count, value] of [
    [3, 10],
    [4, 20],
  ] as const) {
    await lab.write([reading(start + 30_000, value)]);
    t.like((await bucketsOf(lab, start, start + hour))[0], { count, max: value });
    await lab.maintain(3);
    t.like((await bucketsOf(lab, start, start + hour))[0], { count, max: value });
  }
  t.is(lab.metric("readings_kept"), 1);
});

test("the newest reading of a point that fell silent is kept, and with it the days before it", async (t) => {
  const lab = await HistoryLab.memory({ rawDays: 1 }, instant(start + 400 * day));
  await lab.write([reading(start, 1), reading(start + 30 * hour, 2), reading(start + 31 * hour, 3)]);
  await lab.maintain(2);
  await lab.pass(25);
  await lab.maintain();
  t.deepEqual(
    (await pageOf(lab)).map(({ value }) => value),
    [2, 3],
  );
  await lab.reopen();
  t.is(lab.history.latest("pump", "flow")?.value, 3);
});

test("a clock that runs ahead by years takes nothing away", async (t) => {
  const lab = await HistoryLab.memory({ rawDays: 1, minuteDays: 2, hourDays: 3 });
  await lab.write([reading(start - 2 * hour, 1), reading(start, 2)]);
  lab.clock.jumpWall(millis(4000 * day));
  await lab.maintain(2);
  await lab.pass(25);
  await lab.maintain(2);
  t.is((await pageOf(lab)).length, 2);
});

test("with too many readings in all the oldest go before their time", async (t) => {
  const lab = await HistoryLab.memory({ rawDays: 10, rawReadings: 30 }, instant(start + 5 * day));
  await lab.write(Array.from({ length: 100 }, (_, index) => reading(start + index * hour, index)));
  await lab.maintain(2);
  const kept = await pageOf(lab);
  t.true(kept.length <= 30 && kept.length > 20, `${kept.length}`);
  t.is(kept.at(-1)?.value, 99);
  t.is(lab.metric("readings_kept"), kept.length);
  t.is((await bucketsOf(lab, start, start + 101 * hour, 101)).length, 100);
  t.true(lab.log.entries.some(({ level }) => level === "warn"));
});

test("a removed thing has no history, its name begins a new one, and its records go", async (t) => {
  const lab = await HistoryLab.memory({}, tomorrow);
  await lab.write([reading(start, 1), reading(start, 2, { feature: "level" }), reading(start, 3, { thing: "fan" })]);
  await lab.maintain(2);
  await lab.remove("pump");
  t.is(lab.history.latest("pump", "flow"), undefined);
  t.deepEqual(await pageOf(lab), []);
  const again = reading(start + 1, 4);
  await lab.write([again]);
  await lab.reopen();
  t.deepEqual(await pageOf(lab), [again]);
  await lab.maintain(3);
  t.deepEqual(await pageOf(lab), [again]);
  t.is(lab.history.latest("fan", "flow")?.value, 3);
  t.is(await lab.unsound(), undefined);
  t.is(lab.metric("readings_kept"), 2);
});

test("a removal that failed leaves the history as it was, even if it is on disk, once something is written", async (t) => {
  for (const fate of ["failed", "written but failed"] as const) {
    const lab = await HistoryLab.memory({}, tomorrow);
    await lab.write([reading(start, 1)]);
    await lab.remove("pump", "flow", fate);
    t.is(lab.history.latest("pump", "flow")?.value, 1);
    await lab.write([reading(start + 1, 2)]);
    await lab.reopen();
    await lab.maintain(3);
    t.is((await pageOf(lab)).length, 2, fate);
  }
});

test("a point beyond the bound is refused with all that comes with it, and counted", async (t) => {
  const lab = await HistoryLab.memory({ points: 2 });
  await lab.write([reading(start, 1)]);
  const sink = { put: () => t.fail("put"), del: () => t.fail("deleted") };
  const tooMany = [reading(start, 1, { feature: "b" }), reading(start, 1, { feature: "c" })];
  t.throws(() => lab.history.write(tooMany, sink), { instanceOf: StoreFull });
  t.throws(() => lab.history.admit(tooMany), { instanceOf: StoreFull });
  t.is(lab.metric("points"), 1);
  t.is(lab.metric("points_refused_total"), 2);
  t.true(await lab.write([reading(start, 1, { feature: "c" })]));
});

test("a question that would look at too many readings is refused, and one that is stopped ends", async (t) => {
  const lab = await HistoryLab.memory({ readingsPerQuery: 10 });
  await lab.write(Array.from({ length: 11 }, (_, index) => reading(start + index, index)));
  await t.throwsAsync(lab.history.buckets({ ...flow, from: start, to: start + 11, buckets: 5 }, never), { instanceOf: QueryTooCostly });
  t.is((await bucketsOf(lab, start, start + 10, 10)).length, 10);
  await t.throwsAsync(lab.history.buckets({ ...flow, from: start, to: start + 11, buckets: 5 }, AbortSignal.abort()), {
    instanceOf: Stopped,
  });
});

test("a point without a history is answered without buckets", async (t) => {
  const lab = await HistoryLab.memory();
  t.deepEqual(await lab.history.buckets({ ...flow, from: 0, to: 500 * 60_000, buckets: 500 }, never), { width: 60_000, buckets: [] });
  t.deepEqual(await pageOf(lab), []);
});

test("it is the same on disk, and looks after itself once a minute until it is closed", async (t) => {
  using scratch = new ScratchDirectory();
  const db = new ClassicLevel<Uint8Array, Uint8Array>(scratch.path, { keyEncoding: "view", valueEncoding: "view" });
  await db.open();
  const lab = new HistoryLab(db, {}, tomorrow);
  await lab.reopen();
  const all = Array.from({ length: 5000 }, (_, index) => reading(start + index * 10_000, Math.sin(index)));
  await lab.write(all);
  const before = await bucketsOf(lab, start, start + 20 * hour, 20);
  const { clock } = lab;
  const log = new FakeLog();
  let batches = 0;
  const commit: typeof lab.commit = async (fill) => {
    await lab.commit(fill);
    batches += 1;
  };
  const history = await LevelHistory.open({ db, prefix: lab.prefix, clock, log, commit });
  t.is(clock.armed, 1);
  while (batches === 0) await clock.advance(millis(60_000));
  await history.close();
  await history.close();
  t.is(clock.armed, 0);
  t.deepEqual(await bucketsOf({ history }, start, start + 20 * hour, 20), before);
  t.is(history.metrics().find(({ name }) => name === "penstock_history_hours_summed_total")?.values[0]?.value, 14);
  t.deepEqual(await history.readings({ ...flow, from: start, to: tomorrow, limit: 10_000 }, never), all);
  await db.close();
});
