import test from "ava";
import { SampleRecorder, type SampleRecorderParts } from "../../../firmware/pipeline/sample-recorder.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";
import { decodeSample } from "../../../shared/pipeline/sample-record.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { openJournal, readAll } from "./open-journal.ts";

const sampleAt = (time: number, more: Partial<Sample> = {}): Sample => ({
  thing: "pump",
  feature: "flow",
  value: 1,
  quality: "good",
  source: instant(time),
  received: instant(time),
  ...more,
});

interface Recorded {
  readonly stream: string;
  readonly value: unknown;
  readonly source: number;
}

function recorderOf(parts: Partial<SampleRecorderParts> = {}): { recorder: SampleRecorder; records: Recorded[]; clock: FakeClock } {
  const records: Recorded[] = [];
  const clock = new FakeClock();
  const recorder = new SampleRecorder({
    journal: {
      append(stream, kind, _at, payload) {
        const sample = decodeSample(payload);
        if (kind === RecordKind.sample && sample !== undefined) records.push({ stream, value: sample.value, source: sample.source });
      },
    },
    settings: resolveJournal({}, 8_000_000),
    clock,
    ...parts,
  });
  return { recorder, records, clock };
}

test("a sample is recorded when its value or its quality is new, not when only its times are", (t) => {
  const { recorder, records } = recorderOf();
  recorder.accept([sampleAt(1), sampleAt(2), sampleAt(3, { value: 2 }), sampleAt(4, { value: 2, quality: "uncertain" })]);
  recorder.accept([sampleAt(5, { value: 2, quality: "uncertain" }), sampleAt(6, { value: 2 })]);
  t.deepEqual(
    records.map(({ source }) => source),
    [1, 3, 4, 6],
  );
});

test("an array is new when one of its elements is", (t) => {
  const { recorder, records } = recorderOf();
  recorder.accept([sampleAt(1, { value: [1, 2] }), sampleAt(2, { value: [1, 2] }), sampleAt(3, { value: [1, 3] })]);
  t.deepEqual(
    records.map(({ source }) => source),
    [1, 3],
  );
});

test("record: always records each sample", (t) => {
  const { recorder, records } = recorderOf({ settings: resolveJournal({ record: "always" }, 8_000_000) });
  recorder.accept([sampleAt(1), sampleAt(2), sampleAt(3)]);
  t.is(records.length, 3);
});

test("samples go to the stream of their thing", (t) => {
  const settings = resolveJournal({ streams: [{ id: "wells", things: ["well-1", "well-2"] }] }, 8_000_000);
  const { recorder, records } = recorderOf({ settings });
  recorder.accept([sampleAt(1), sampleAt(2, { thing: "well-2" }), sampleAt(3, { thing: "well-2", value: 9 })]);
  t.deepEqual(
    records.map(({ stream }) => stream),
    ["samples", "wells", "wells"],
  );
});

test("with the heartbeat the newest sample of each unchanged point is recorded, and nothing of points of which nothing came", async (t) => {
  const { recorder, records, clock } = recorderOf();
  recorder.accept([sampleAt(1), sampleAt(2, { feature: "silent" })]);
  recorder.accept([sampleAt(3), sampleAt(4)]);
  await clock.advance(millis(1_800_000));
  t.deepEqual(
    records.map(({ source }) => source),
    [1, 2, 4],
  );
  await clock.advance(millis(1_800_000));
  t.is(records.length, 3);
  recorder.close();
  t.is(clock.armed, 0);
});

test("many points are recorded in pieces, all of them within one heartbeat", async (t) => {
  const { recorder, records, clock } = recorderOf();
  const points = 10_000;
  for (const time of [1, 2]) for (let index = 0; index < points; index++) recorder.accept([sampleAt(time, { feature: `p${index}` })]);
  await clock.advance(millis(1_800_000));
  t.true(records.length > points && records.length < 2 * points);
  await clock.advance(millis(60_000));
  t.is(records.length, 2 * points);
  recorder.close();
});

test("samples of points beyond those that can be remembered are all recorded, and counted", (t) => {
  const { recorder, records } = recorderOf({ maxPoints: 1 });
  recorder.accept([sampleAt(1), sampleAt(2, { feature: "more" }), sampleAt(3, { feature: "more" }), sampleAt(4)]);
  t.is(records.length, 3);
  t.is(recorder.metrics().find(({ name }) => name === "penstock_journal_points_beyond_total")?.values[0]?.value, 2);
});

test("1,000 points at 1 Hz of which nothing changes cost at most 1 MB an hour, whole pages of 4 KiB counted for each sync", async (t) => {
  const fs = new MemoryLogFs();
  const clock = new FakeClock();
  const settings = resolveJournal({}, 64_000_000);
  const journal = await openJournal({ fs, clock, settings });
  const recorder = new SampleRecorder({ journal, settings, clock });
  const poll = (): void => {
    const now = clock.wall();
    recorder.accept(
      Array.from({ length: 1000 }, (_, index) =>
        sampleAt(now, { thing: `device-${index % 20}`, feature: `measurement-${index}`, value: 1234.56789 + index }),
      ),
    );
  };
  for (let second = 0; second < 10; second++) {
    poll();
    await clock.advance(millis(1000));
  }
  const before = fs.pagesSynced;
  const records = (await readAll(journal, "samples")).length;
  // Polls between heartbeats change nothing but the newest sample: one a minute tells as much as sixty.
  for (let minute = 0; minute < 60; minute++) {
    poll();
    await clock.advance(millis(60_000));
  }
  const written = (fs.pagesSynced - before) * 4096;
  t.is((await readAll(journal, "samples")).length, records + 2 * 1000);
  t.true(written <= 1_000_000, `${written} bytes`);
  t.log(`${written} bytes an hour`);
  recorder.close();
  await journal.close();
});

test("a state that is no value of a point is recorded as it is, in the stream of its thing, and told", (t) => {
  const told: string[] = [];
  const settings = resolveJournal({ streams: [{ id: "pumps", things: ["pump"] }] }, 8_000_000);
  const { recorder, records, clock } = recorderOf({
    settings,
    onRecorded: (stream, { thing, feature }) => told.push(`${stream} ${thing}/${feature}`),
  });
  recorder.note("pump", "settings", { enabled: false, points: {} });
  recorder.note("pump", "settings", { enabled: false, points: {} });
  const record = { stream: "pumps", value: { enabled: false, points: {} }, source: clock.wall() };
  t.deepEqual(records, [record, record]);
  t.deepEqual(told, ["pumps pump/settings", "pumps pump/settings"]);
  recorder.close();
  recorder.note("pump", "settings", {});
  t.is(records.length, 2);
});
