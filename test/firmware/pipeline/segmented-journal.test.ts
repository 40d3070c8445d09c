import test from "ava";
import { StoreLocked, StoreUnwritable } from "../../../shared/base/level/level-errors.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { beginning } from "../../../shared/pipeline/cursor.ts";
import { JournalClosed, RecordTooLarge, StreamUnknown } from "../../../shared/pipeline/journal-errors.ts";
import { longestPayload, RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { diskError, MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { append, gapsIn, openJournal, readAll, room, textsIn } from "./open-journal.ts";

const bounds = { records: 1000, bytes: 65_536 };

test("records are on disk with the next group commit, one write and one sync for all, and nobody sees them before", async (t) => {
  const fs = new MemoryLogFs();
  const clock = new FakeClock();
  const journal = await openJournal({ fs, clock });
  append(journal, "a", "b", "c");
  const { sync } = fs.counts;
  await clock.advance(millis(999));
  t.is((await journal.read("samples", beginning, bounds)).count, 0);
  t.deepEqual(journal.info("samples").last, { term: 1, seq: 4 });
  await clock.advance(millis(1));
  t.is(fs.counts.sync, sync + 1);
  t.deepEqual(journal.info("samples").durable, { term: 1, seq: 4 });
  t.deepEqual(textsIn(await readAll(journal, "samples")), ["a", "b", "c"]);
});

test("as many bytes as the configuration says are written without waiting", async (t) => {
  const clock = new FakeClock();
  const journal = await openJournal({ clock });
  journal.append("samples", RecordKind.sample, instant(1), new Uint8Array(40_000));
  await clock.advance(millis(0));
  t.is(journal.info("samples").durable.seq, 0);
  journal.append("samples", RecordKind.sample, instant(1), new Uint8Array(40_000));
  await clock.advance(millis(0));
  t.is(journal.info("samples").durable.seq, 3);
});

test("who waits for a record gets its place when it is on disk; others join", async (t) => {
  const fs = new MemoryLogFs();
  const journal = await openJournal({ fs });
  const { sync } = fs.counts;
  append(journal, "before");
  const places = await Promise.all(
    ["a", "b"].map((text) => journal.commit("samples", RecordKind.command, instant(1), new TextEncoder().encode(text))),
  );
  t.deepEqual(places, [
    { term: 1, seq: 3 },
    { term: 1, seq: 4 },
  ]);
  t.is(fs.counts.sync, sync + 1);
  fs.crash("lost");
  t.deepEqual(textsIn(await readAll(await openJournal({ fs }), "samples")), ["before", "a", "b"]);
});

test("listeners hear of each stream's newest durable place, one that throws keeps none from it, and one that ended hears no more", async (t) => {
  const log = new FakeLog();
  const journal = await openJournal({ log });
  const heard: unknown[] = [];
  journal.onDurable(() => {
    throw new Error("no");
  });
  const end = journal.onDurable((stream, durable) => heard.push([stream, durable.seq]));
  await journal.commit("commands", RecordKind.command, instant(1), new Uint8Array(1));
  end();
  await journal.commit("commands", RecordKind.command, instant(1), new Uint8Array(1));
  t.deepEqual(heard, [["commands", 2]]);
  t.is(log.entries.filter(({ level }) => level === "error").length, 2);
});

test("a reader at the end has nothing read from disk", async (t) => {
  const fs = new MemoryLogFs();
  const clock = new FakeClock();
  const journal = await openJournal({ fs, clock });
  let after = beginning;
  const { read } = fs.counts;
  for (let round = 0; round < 20; round++) {
    append(journal, `${round}`);
    await clock.advance(millis(1000));
    const batch = await journal.read("samples", after, bounds);
    t.is(batch.count, round === 0 ? 2 : 1);
    after = batch.last;
  }
  t.is(fs.counts.read, read);
});

test("a batch keeps to its bounds but has a record where there is one", async (t) => {
  const fs = new MemoryLogFs();
  const journal = await openJournal({ fs, tailBytes: 0 });
  append(journal, ..."abcdefgh");
  await journal.flush();
  const three = await journal.read("samples", beginning, { records: 3, bytes: 65_536 });
  t.like(three, { count: 3, last: { term: 1, seq: 3 }, more: true, prev: beginning });
  const small = await journal.read("samples", three.last, { records: 10, bytes: 1 });
  t.like(small, { count: 1, last: { term: 1, seq: 4 }, more: true });
  t.like(await journal.read("samples", { term: 1, seq: 9 }, bounds), { count: 0, last: { term: 1, seq: 9 }, more: false });
});

test("each start takes a term that is on disk before the first record, and numbers go on", async (t) => {
  const fs = new MemoryLogFs();
  for (const term of [1, 2, 3]) {
    const journal = await openJournal({ fs });
    t.is(journal.term, term);
    append(journal, `boot ${term}`);
    await journal.close();
    if (term === 2) fs.crash("lost");
  }
  const journal = await openJournal({ fs });
  const records = await readAll(journal, "samples");
  t.deepEqual(
    records.map(({ term, seq, kind }) => [term, seq, kind]),
    [
      [1, 1, RecordKind.term],
      [1, 2, RecordKind.sample],
      [2, 3, RecordKind.term],
      [2, 4, RecordKind.sample],
      [3, 5, RecordKind.term],
      [3, 6, RecordKind.sample],
    ],
  );
});

test("a start of which nothing came on disk still used up its term", async (t) => {
  const fs = new MemoryLogFs();
  append(await openJournal({ fs }), "lost");
  fs.crash("lost");
  const journal = await openJournal({ fs });
  t.is(journal.term, 2);
  t.deepEqual(await readAll(journal, "samples"), []);
});

test("a lost or damaged term file is made up for by the one before it, and by the segments", async (t) => {
  for (const damage of ["damaged", "lost", "both"] as const) {
    const fs = new MemoryLogFs();
    for (let boot = 0; boot < 3; boot++) {
      const journal = await openJournal({ fs });
      append(journal, "x");
      await journal.close();
    }
    if (damage === "damaged") fs.put("journal/term", new Uint8Array(20));
    else fs.drop("journal/term");
    if (damage === "both") fs.drop("journal/term.old");
    t.is((await openJournal({ fs })).term, 4);
  }
});

test("an unknown stream, a record that is too large and a closed journal are told", async (t) => {
  const journal = await openJournal();
  const none = new Uint8Array(0);
  t.throws(() => journal.append("none", RecordKind.sample, instant(1), none), { instanceOf: StreamUnknown });
  await t.throwsAsync(journal.commit("none", RecordKind.sample, instant(1), none), { instanceOf: StreamUnknown });
  await t.throwsAsync(journal.read("none", beginning, bounds), { instanceOf: StreamUnknown });
  const large = new Uint8Array(longestPayload + 1);
  t.throws(() => journal.append("samples", RecordKind.sample, instant(1), large), { instanceOf: RecordTooLarge });
  await journal.close();
  await journal.close();
  journal.append("samples", RecordKind.sample, instant(1), none);
  await t.throwsAsync(journal.commit("samples", RecordKind.sample, instant(1), none), { instanceOf: JournalClosed });
  await t.throwsAsync(journal.flush(), { instanceOf: JournalClosed });
  await t.throwsAsync(journal.raiseTerm(9), { instanceOf: JournalClosed });
});

test("closing writes what waits, and leaves no timer", async (t) => {
  const fs = new MemoryLogFs();
  const clock = new FakeClock();
  const journal = await openJournal({ fs, clock });
  append(journal, "last");
  journal.acknowledge("samples", { term: 1, seq: 1 });
  await journal.close();
  t.is(clock.armed, 0);
  const again = await openJournal({ fs, clock });
  t.deepEqual(textsIn(await readAll(again, "samples")), ["last"]);
  t.deepEqual(again.info("samples").acknowledged, { term: 1, seq: 1 });
});

test("a second journal in the same directory is refused, and a disk that refuses is named", async (t) => {
  const fs = new MemoryLogFs();
  await openJournal({ fs });
  await t.throwsAsync(openJournal({ fs }), { instanceOf: StoreLocked });
  const broken = new MemoryLogFs();
  broken.fault = (operation, path) => (operation === "create" ? diskError("EROFS", operation, path) : undefined);
  await t.throwsAsync(openJournal({ fs: broken }), { instanceOf: StoreUnwritable, message: /journal.*EROFS/ });
});

test("places that the gateway has are noted at most every 30 s, and only when there are new ones", async (t) => {
  const fs = new MemoryLogFs();
  const clock = new FakeClock();
  const journal = await openJournal({ fs, clock });
  append(journal, ..."abcdef");
  await journal.flush();
  const { rename } = fs.counts;
  for (let seq = 2; seq <= 6; seq++) {
    journal.acknowledge("samples", { term: 1, seq });
    await clock.advance(millis(5000));
  }
  t.is(fs.counts.rename, rename);
  await clock.advance(millis(5000));
  t.is(fs.counts.rename, rename + 1);
  journal.acknowledge("samples", { term: 1, seq: 3 });
  await clock.advance(millis(120_000));
  t.is(fs.counts.rename, rename + 1);
  fs.crash("lost");
  t.deepEqual((await openJournal({ fs })).info("samples").acknowledged, { term: 1, seq: 6 });
});

test("an acknowledgement of a term that never was is not believed", async (t) => {
  const journal = await openJournal();
  journal.acknowledge("samples", { term: 2, seq: 5 });
  t.deepEqual(journal.info("samples").acknowledged, beginning);
});

test("records of a stream that the configuration has no more are still there to be read", async (t) => {
  const fs = new MemoryLogFs();
  const settings = resolveJournal({ streams: [{ id: "wells", things: ["well"] }] }, room);
  const journal = await openJournal({ fs, settings });
  await journal.commit("wells", RecordKind.sample, instant(1), new TextEncoder().encode("deep"));
  await journal.close();
  const later = await openJournal({ fs });
  t.deepEqual(later.streams, ["samples", "commands", "wells"]);
  t.deepEqual(textsIn(await readAll(later, "wells")), ["deep"]);
});

test("raising the term gives what the gateway does not have places in a new one, times kept, and leaves the rest away", async (t) => {
  const fs = new MemoryLogFs();
  const clock = new FakeClock();
  const journal = await openJournal({ fs, clock });
  append(journal, "a", "b", "c");
  await journal.flush();
  journal.acknowledge("samples", { term: 1, seq: 2 });
  append(journal, "waiting");
  await journal.raiseTerm(7);
  t.is(journal.term, 8);
  append(journal, "new");
  await journal.flush();
  const records = await readAll(journal, "samples", { term: 7, seq: 1000 });
  t.deepEqual(textsIn(records), ["b", "c", "waiting", "new"]);
  t.true(records.every(({ term }) => term === 8));
  t.is(records.find(({ kind }) => kind === RecordKind.sample)?.micros, 1_000_000);
  t.regex(new TextDecoder().decode(records[0]?.payload), /"rebased":true/);
  t.is(new Set(records.map(({ seq }) => seq)).size, records.length);
  await journal.raiseTerm(7);
  t.is(journal.term, 8);
  fs.crash("lost");
  const again = await openJournal({ fs });
  t.is(again.term, 9);
  t.deepEqual(textsIn(await readAll(again, "samples")), ["b", "c", "waiting", "new"]);
});

test("a power cut at any moment of raising the term leaves every record in the old or the new one, and the next start finishes it", async (t) => {
  for (let cut = 0; cut < 60; cut++) {
    const fs = new MemoryLogFs(() => ((cut * 7) % 10) / 10);
    const journal = await openJournal({ fs });
    append(journal, "a", "b");
    await journal.flush();
    await journal.close();
    const second = await openJournal({ fs });
    append(second, "c", "d");
    await second.flush();
    let left = cut;
    fs.fault = (operation, path) => (left-- > 0 ? undefined : diskError("EIO", operation, path));
    const raised = await second.raiseTerm(5).then(
      () => true,
      () => false,
    );
    fs.crash();
    await second.close();
    fs.fault = () => undefined;
    const third = await openJournal({ fs });
    const records = await readAll(third, "samples");
    t.deepEqual(textsIn(records), ["a", "b", "c", "d"], `cut after ${cut}`);
    const terms = [...new Set(records.map(({ term }) => term))];
    t.true(terms.every((term) => term === 6) || (!raised && terms.every((term) => term < 3)), `terms ${terms} after ${cut}`);
    t.deepEqual(gapsIn(records), []);
  }
});
