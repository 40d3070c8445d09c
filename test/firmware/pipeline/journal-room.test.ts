import test from "ava";
import type { SegmentedJournal } from "../../../firmware/pipeline/segmented-journal.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { beginning } from "../../../shared/pipeline/cursor.ts";
import type { WhenFull } from "../../../shared/pipeline/journal-config.ts";
import { JournalFailed, JournalFull } from "../../../shared/pipeline/journal-errors.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { diskError, MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { append, gapsIn, openJournal, readAll, textsIn } from "./open-journal.ts";

const maxBytes = 524_288;
const streamBytes = 262_144;

interface Opened {
  readonly fs: MemoryLogFs;
  readonly clock: FakeClock;
  readonly journal: SegmentedJournal;
}

async function openSmall(whenFull: WhenFull, keep = "0 s"): Promise<Opened> {
  const fs = new MemoryLogFs();
  const clock = new FakeClock(instant(0));
  const settings = resolveJournal({ maxBytes, whenFull, keep, commitBytes: 4096 }, maxBytes);
  return { fs, clock, journal: await openJournal({ fs, clock, settings }) };
}

/** Appends numbered samples of a kilobyte each, some at a time as they would come. */
async function fill({ journal, clock }: Opened, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    journal.append("samples", RecordKind.sample, instant(clock.wall()), new TextEncoder().encode(`${index}`.padEnd(1000)));
    if (index % 10 === 9) await clock.advance(millis(1000));
  }
  await clock.advance(millis(1000));
}

const numbers = (texts: readonly string[]): readonly number[] => texts.map(Number);
const bytesOnDisk = (fs: MemoryLogFs): number =>
  fs.paths
    .filter((path) => path.startsWith("journal/samples/") && path.endsWith(".seg"))
    .reduce((sum, path) => sum + fs.get(path).length, 0);

test("drop-oldest: the stream keeps to its room, the newest stay, and a gap tells exactly what went", async (t) => {
  const opened = await openSmall("drop-oldest");
  await fill(opened, 0, 600);
  t.true(bytesOnDisk(opened.fs) <= streamBytes);
  const records = await readAll(opened.journal, "samples");
  const kept = numbers(textsIn(records));
  t.is(kept.at(-1), 599);
  t.true(kept.length > 180);
  t.deepEqual(
    kept,
    kept.map((_, index) => 600 - kept.length + index),
  );
  const [gap] = gapsIn(records);
  const second = records[1];
  t.like(gap, { why: "budget", from: { term: 1, seq: 1 }, count: gap?.at ?? 0 });
  t.is(second?.seq, (gap?.at ?? 0) + 1);
  // A reader who had some of it is told of what it missed only.
  const later = gapsIn(await readAll(opened.journal, "samples", { term: 1, seq: 100 }));
  t.like(later[0], { from: { term: 1, seq: 101 }, count: (gap?.at ?? 0) - 100 });
});

test("what the gateway has goes before anything is lost", async (t) => {
  const opened = await openSmall("drop-oldest", "1 h");
  await fill(opened, 0, 200);
  const { segments } = opened.journal.info("samples");
  opened.journal.acknowledge("samples", { term: 1, seq: 150 });
  await opened.clock.advance(millis(1000));
  t.is(opened.journal.info("samples").segments, segments, "it is kept for an hour");
  await fill(opened, 200, 340);
  const gaps = gapsIn(await readAll(opened.journal, "samples", { term: 1, seq: 150 }));
  t.deepEqual(gaps, []);
  t.like(gapsIn(await readAll(opened.journal, "samples", beginning))[0], { why: "acknowledged" });
});

test("what the gateway has and need not be kept is removed, but never the newest segment or one it has in part", async (t) => {
  const opened = await openSmall("drop-oldest", "1 h");
  await fill(opened, 0, 150);
  const before = opened.journal.info("samples");
  opened.journal.acknowledge("samples", before.durable);
  await opened.clock.advance(millis(1000));
  t.is(opened.journal.info("samples").segments, before.segments);
  await opened.clock.advance(millis(3_600_000));
  opened.journal.acknowledge("samples", { term: 1, seq: before.durable.seq + 1 });
  await opened.clock.advance(millis(1000));
  t.is(opened.journal.info("samples").segments, 1);
  t.is(opened.journal.info("samples").waiting, 0);
});

test("thin: of the older half every second sample goes, again and again, commands stay, and gaps tell how many went", async (t) => {
  const opened = await openSmall("thin");
  await fill(opened, 0, 10);
  await opened.journal.commit("samples", RecordKind.command, instant(1), new TextEncoder().encode("77777"));
  await fill(opened, 10, 600);
  t.true(bytesOnDisk(opened.fs) <= streamBytes);
  const records = await readAll(opened.journal, "samples", beginning, { records: 7, bytes: 20_000 });
  const kept = numbers(textsIn(records));
  t.true(kept.includes(77_777));
  t.true(kept.length > 200);
  t.is(kept.at(-1), 599);
  const own = gapsIn(await readAll(opened.journal, "samples", beginning, { records: 10_000, bytes: 10_000_000 }));
  const told = own.reduce((sum, { count }) => sum + count, 0);
  const lost = 601 - kept.length;
  t.true(own.some(({ why }) => why === "thin"));
  t.true(told >= lost && told <= lost + 20, `${told} told, ${lost} lost`);
});

test("stop: nothing new is taken when the room is full, who waits is told, and the gap says how many when there is room again", async (t) => {
  const opened = await openSmall("stop");
  await fill(opened, 0, 600);
  const { journal, clock } = opened;
  t.true(bytesOnDisk(opened.fs) <= streamBytes);
  const before = numbers(textsIn(await readAll(journal, "samples")));
  t.is(before[0], 0);
  await t.throwsAsync(journal.commit("samples", RecordKind.command, instant(1), new Uint8Array(1000)), { instanceOf: JournalFull });
  journal.acknowledge("samples", { term: 1, seq: 200 });
  await clock.advance(millis(1000));
  await fill(opened, 600, 605);
  const records = await readAll(journal, "samples", { term: 1, seq: 200 });
  t.deepEqual(numbers(textsIn(records)).slice(-5), [600, 601, 602, 603, 604]);
  const [gap] = gapsIn(records);
  t.like(gap, { why: "stop", count: 600 - before.length + 1 });
  t.is((gap?.to.seq ?? 0) - (gap?.from.seq ?? 0) + 1, gap?.count ?? 0);
});

test("a disk that refuses is tried again later and later; nothing is lost while memory lasts, and numbers have no holes", async (t) => {
  const opened = await openSmall("drop-oldest");
  const { fs, clock, journal } = opened;
  append(journal, "before");
  await clock.advance(millis(1000));
  for (const [operation, code] of [
    ["write", "ENOSPC"],
    ["sync", "EIO"],
  ] as const) {
    fs.fault = (one, path) => (one === operation ? diskError(code, one, path) : undefined);
    append(journal, `${operation} 1`, `${operation} 2`);
    await clock.advance(millis(20_000));
    t.false(journal.writable);
    const attempts = fs.counts[operation];
    append(journal, `${operation} 3`);
    await clock.advance(millis(60_000));
    t.true(fs.counts[operation] - attempts <= 5);
    fs.fault = () => undefined;
    await clock.advance(millis(30_000));
    t.true(journal.writable);
  }
  const records = await readAll(journal, "samples");
  t.deepEqual(textsIn(records), ["before", ...["write", "sync"].flatMap((one) => [`${one} 1`, `${one} 2`, `${one} 3`])]);
  t.deepEqual(
    records.map(({ seq }) => seq),
    records.map((_, index) => index + 1),
  );
  fs.crash("lost");
  t.deepEqual(textsIn(await readAll(await openJournal({ fs }), "samples")), textsIn(records));
});

test("after a failed sync everything since the last good one is written anew: what the kernel forgot is not missed", async (t) => {
  const { fs, clock, journal } = await openSmall("drop-oldest");
  append(journal, "a");
  await clock.advance(millis(1000));
  let failures = 1;
  fs.fault = (operation, path) => (operation === "sync" && failures-- > 0 ? diskError("EIO", operation, path) : undefined);
  append(journal, "b");
  await clock.advance(millis(30_000));
  append(journal, "c");
  await clock.advance(millis(1000));
  fs.crash("lost");
  t.deepEqual(textsIn(await readAll(await openJournal({ fs }), "samples")), ["a", "b", "c"]);
});

test("while the disk refuses memory is bounded: the oldest that wait go, and a gap tells of them", async (t) => {
  const opened = await openSmall("drop-oldest");
  const { fs, clock, journal } = opened;
  await fill(opened, 0, 5);
  fs.fault = (operation, path) => (operation === "write" ? diskError("ENOSPC", operation, path) : undefined);
  await fill(opened, 5, 3000);
  const pending = journal.metrics().find(({ name }) => name === "penstock_journal_pending_bytes");
  t.true((pending?.values.find(({ labels }) => labels["stream"] === "samples")?.value ?? Number.NaN) <= 1 << 20);
  fs.fault = () => undefined;
  await clock.advance(millis(60_000));
  const records = await readAll(journal, "samples", { term: 1, seq: 6 });
  const kept = numbers(textsIn(records));
  t.is(kept.at(-1), 2999);
  const dropped = journal.metrics().find(({ name }) => name === "penstock_journal_dropped_total");
  const memory = dropped?.values.find(({ labels }) => labels["stream"] === "samples" && labels["why"] === "memory")?.value ?? 0;
  t.true(memory > 1000 && memory < 3000, `${memory} dropped of 3000`);
  const told = gapsIn(records).reduce((sum, { count }) => sum + count, 0);
  t.true(told >= 2995 - kept.length, `${told} told`);
});

test("who waits for a record that the disk refuses is told at once, and the record is not written later", async (t) => {
  const { fs, clock, journal } = await openSmall("drop-oldest");
  fs.fault = (operation, path) => (operation === "sync" ? diskError("EIO", operation, path) : undefined);
  append(journal, "a");
  await t.throwsAsync(journal.commit("samples", RecordKind.command, instant(1), new TextEncoder().encode("no")), {
    instanceOf: JournalFailed,
  });
  append(journal, "b");
  await t.throwsAsync(journal.commit("samples", RecordKind.command, instant(1), new TextEncoder().encode("no")), {
    instanceOf: JournalFailed,
  });
  await t.throwsAsync(journal.flush(), { instanceOf: JournalFailed });
  fs.fault = () => undefined;
  await clock.advance(millis(60_000));
  const records = await readAll(journal, "samples");
  t.deepEqual(textsIn(records), ["a", "b"]);
  t.deepEqual(gapsIn(records), []);
});

test("one stream's trouble is not another's", async (t) => {
  const { fs, clock, journal } = await openSmall("drop-oldest");
  fs.fault = (operation, path) => (operation === "write" && path.includes("samples") ? diskError("EIO", operation, path) : undefined);
  append(journal, "a");
  await journal.commit("commands", RecordKind.command, instant(1), new TextEncoder().encode("yes"));
  await clock.advance(millis(5000));
  t.deepEqual(textsIn(await readAll(journal, "commands")), ["yes"]);
  t.false(journal.writable);
});
