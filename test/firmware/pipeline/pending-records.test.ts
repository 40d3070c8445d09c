import test from "ava";
import { PendingRecords, type SegmentStart } from "../../../firmware/pipeline/pending-records.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { gapsIn, recordsIn } from "./open-journal.ts";

const start: SegmentStart = { term: 3, micros: 7, payload: new TextEncoder().encode("{}") };
const ten = new Uint8Array(10);
const recordLength = 41;

function holding(...numbers: readonly number[]): PendingRecords {
  const pending = new PendingRecords();
  for (const seq of numbers) pending.append(3, seq, 1, RecordKind.sample, ten);
  return pending;
}

const places = (bytes: Uint8Array): readonly string[] =>
  recordsIn(bytes).map(({ seq, kind }) => `${seq}${kind === RecordKind.sample ? "" : `/${kind}`}`);

test("records are handed out as they came, and memory serves again", (t) => {
  const pending = holding(5, 6);
  const taken = pending.take(start);
  t.deepEqual(places(taken), ["5", "6"]);
  t.true(pending.empty);
  pending.append(3, 7, 1, RecordKind.sample, ten);
  t.deepEqual(places(taken), ["5", "6"]);
  pending.release(taken);
  t.deepEqual(places(pending.take(start)), ["7"]);
});

test("what could not be written comes first again, behind a term record that takes the first place", (t) => {
  const pending = holding(5, 6);
  const taken = pending.take(start);
  pending.append(3, 7, 1, RecordKind.sample, ten);
  t.is(pending.giveBack(taken, start), 1);
  t.is(pending.last, 8);
  const again = pending.take(start);
  t.deepEqual(places(again), ["5/4", "6", "7", "8"]);
  t.is(pending.giveBack(again, start), 0);
  t.deepEqual(places(pending.take(start)), ["5/4", "6", "7", "8"]);
});

test("the oldest that are dropped become one gap behind a term record", (t) => {
  const pending = holding(5, 6, 7, 8, 9);
  t.deepEqual(pending.dropOldest(3 * recordLength), { count: 2, upTo: 6, moved: 1 });
  t.deepEqual(pending.dropOldest(2 * recordLength), { count: 1, upTo: 8, moved: 0 });
  t.is(pending.last, 10);
  const taken = pending.take(start);
  t.deepEqual(places(taken), ["5/4", "8/2", "9", "10"]);
  t.like(gapsIn(recordsIn(taken))[0], { from: { term: 3, seq: 6 }, to: { term: 3, seq: 8 }, count: 3, why: "memory" });
});

test("a gap record that is dropped itself is told anew and its records are not counted again", (t) => {
  const pending = holding(5, 6, 7, 8, 9);
  t.is(pending.dropOldest(3 * recordLength).count, 2);
  t.is(pending.giveBack(pending.take(start), start), 0);
  t.is(pending.dropOldest(2 * recordLength).count, 1);
  const taken = pending.take(start);
  t.deepEqual(places(taken), ["5/4", "8/2", "9", "10"]);
  t.like(gapsIn(recordsIn(taken))[0], { from: { term: 3, seq: 6 }, to: { term: 3, seq: 8 }, count: 3, why: "memory" });
});

test("what is given back goes ahead of what was dropped meanwhile", (t) => {
  const pending = holding(5, 6);
  const taken = pending.take(start);
  for (const seq of [7, 8, 9]) pending.append(3, seq, 1, RecordKind.sample, ten);
  pending.dropOldest(recordLength);
  t.is(pending.giveBack(taken, start), 1);
  const again = pending.take(start);
  t.deepEqual(places(again), ["5/4", "6", "7", "8/4", "10/2", "11"]);
  t.like(gapsIn(recordsIn(again))[0], { from: { term: 3, seq: 9 }, to: { term: 3, seq: 10 }, count: 2 });
});

test("records that are taken back leave no hole, and a term record is not left alone", (t) => {
  const pending = holding(5, 6, 7);
  pending.remove(new Set([6]));
  t.deepEqual(places(pending.take(start)), ["5", "6"]);
  const lone = holding(5);
  t.is(lone.giveBack(lone.take(start), start), 1);
  lone.remove(new Set([6]));
  t.true(lone.empty);
});

test("in another term all get places, behind a term record", (t) => {
  const pending = holding(5, 6);
  t.is(pending.moveTo({ ...start, term: 9 }), 1);
  const records = recordsIn(pending.take({ ...start, term: 9 }));
  t.deepEqual(
    records.map(({ term, seq }) => [term, seq]),
    [
      [9, 5],
      [9, 6],
      [9, 7],
    ],
  );
});
