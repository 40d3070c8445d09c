import test from "ava";
import { encodeUtf8 } from "../../../../shared/base/utf8.ts";
import type { Append } from "../../../../shared/connectors/link/link-message.ts";
import { receiveRecords } from "../../../../shared/connectors/link/received-records.ts";
import type { Cursor } from "../../../../shared/pipeline/cursor.ts";
import { encodeGap } from "../../../../shared/pipeline/gap-record.ts";
import { encodeRecord, RecordKind } from "../../../../shared/pipeline/journal-record.ts";
import { joinBytes } from "../../../../shared/pipeline/move-records.ts";

const record = (term: number, seq: number): Uint8Array => encodeRecord({ term, seq, micros: 1, kind: RecordKind.sample }, encodeUtf8("{}"));

function append(prev: Cursor, last: Cursor, records: readonly Uint8Array[]): Append {
  return { kind: "append", session: "", stream: "s", prev, last, count: records.length, records: joinBytes(records), more: false };
}

const tail = { term: 2, seq: 10 };

test("records that follow on are taken as they are", (t) => {
  const received = receiveRecords(append(tail, { term: 3, seq: 12 }, [record(2, 11), record(3, 12)]), tail);
  t.deepEqual(
    received?.records.map(({ term, seq }) => [term, seq]),
    [
      [2, 11],
      [3, 12],
    ],
  );
  t.deepEqual(received?.gaps, []);
});

test("records that are here already are skipped", (t) => {
  const received = receiveRecords(append({ term: 2, seq: 8 }, { term: 2, seq: 11 }, [record(2, 9), record(2, 10), record(2, 11)]), tail);
  t.deepEqual(
    received?.records.map(({ seq }) => seq),
    [11],
  );
  t.deepEqual(received?.frames, record(2, 11));
});

test("a hole that nobody explains is told, across terms too", (t) => {
  const inside = receiveRecords(append(tail, { term: 2, seq: 15 }, [record(2, 14), record(2, 15)]), tail);
  t.deepEqual(inside?.gaps, [{ from: { term: 2, seq: 11 }, to: { term: 2, seq: 13 }, count: 3 }]);
  const across = receiveRecords(append(tail, { term: 4, seq: 12 }, [record(4, 12)]), tail);
  t.deepEqual(across?.gaps, [{ from: { term: 2, seq: 11 }, to: { term: 4, seq: 11 }, count: 1 }]);
});

test("a hole before a gap record that covers it is the board's own word", (t) => {
  const gap = encodeGap({ from: { term: 2, seq: 11 }, to: { term: 2, seq: 20 }, why: "budget", count: 10 });
  const told = encodeRecord({ term: 2, seq: 20, micros: 1, kind: RecordKind.gap }, gap);
  const received = receiveRecords(append(tail, { term: 2, seq: 21 }, [told, record(2, 21)]), tail);
  t.deepEqual(received?.gaps, []);
  t.is(received?.records.length, 2);
});

test("a reading that begins anew after its flash lost some leaves no hole", (t) => {
  const received = receiveRecords(append(tail, { term: 3, seq: 7 }, [record(3, 6), record(3, 7)]), tail);
  t.deepEqual(received?.gaps, []);
  t.is(received?.records.length, 2);
});

test("bytes that are not what was on disk are refused as a whole", (t) => {
  const good = append(tail, { term: 2, seq: 12 }, [record(2, 11), record(2, 12)]);
  t.truthy(receiveRecords(good, tail));
  const flipped = good.records.slice();
  flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1;
  t.is(receiveRecords({ ...good, records: flipped }, tail), undefined);
  t.is(receiveRecords({ ...good, count: 3 }, tail), undefined);
  t.is(receiveRecords({ ...good, last: { term: 2, seq: 13 } }, tail), undefined);
  t.is(receiveRecords(append(tail, { term: 2, seq: 11 }, [record(2, 12), record(2, 11)]), tail), undefined);
});

test("of very many holes one is told, with the number of all that is missing", (t) => {
  const records = Array.from({ length: 100 }, (_, index) => record(2, 12 + index * 2));
  const received = receiveRecords(append(tail, { term: 2, seq: 210 }, records), tail);
  t.deepEqual(received?.gaps, [{ from: { term: 2, seq: 11 }, to: { term: 2, seq: 209 }, count: 100 }]);
});
