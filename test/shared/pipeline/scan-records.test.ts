import test from "ava";
import fc from "fast-check";
import { encodeRecord, RecordKind, readRecord } from "../../../shared/pipeline/journal-record.ts";
import { joinBytes } from "../../../shared/pipeline/move-records.ts";
import { lastBehindDamage, scanRecords } from "../../../shared/pipeline/scan-records.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const recordOf = (seq: number, payload: Uint8Array = new Uint8Array(5), term = 1): Uint8Array =>
  encodeRecord({ term, seq, micros: seq * 1000, kind: RecordKind.sample }, payload);

const segments = fc
  .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 12 })
  .map((payloads) => payloads.map((payload, index) => recordOf(index + 1, payload)));

/** Every record that a scan finds, as text. */
function found(bytes: Uint8Array): readonly string[] {
  const { count, end } = scanRecords(bytes);
  const records: string[] = [];
  for (let at = 0; at < end; at += 31 + readRecord(bytes, at).payload.length) {
    records.push(hex(bytes.subarray(at, at + 31 + readRecord(bytes, at).payload.length)));
  }
  if (records.length !== count) throw new Error(`${count} records were counted, ${records.length} are there`);
  return records;
}

/** True when the records found are the first ones written. */
function isPrefix(bytes: Uint8Array, written: readonly Uint8Array[]): boolean {
  const records = found(bytes);
  return records.length <= written.length && records.every((record, index) => record === hex(written[index] ?? new Uint8Array(0)));
}

test("whole segments are read whole", (t) => {
  t.notThrows(() => fc.assert(fc.property(segments, (records) => found(joinBytes(records)).length === records.length)));
});

test("a scan says the first and last place, the newest time and where it ended", (t) => {
  const bytes = joinBytes([recordOf(3), recordOf(4), new Uint8Array(100)]);
  t.deepEqual(scanRecords(bytes), {
    count: 2,
    first: { term: 1, seq: 3 },
    last: { term: 1, seq: 4 },
    lastMicros: 4000,
    end: 72,
  });
});

test("of a segment with a flipped bit the records before it are read, and nothing that was not written", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(segments, fc.nat(), fc.nat(7), (records, place, bit) => {
        const bytes = joinBytes(records);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const behind = records.findIndex((_, index) => joinBytes(records.slice(0, index + 1)).length > at);
        return isPrefix(bytes, records) && found(bytes).length === behind;
      }),
    ),
  );
});

test("of a segment that is cut off, or goes on with zeros or noise, only written records are read", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(segments, fc.nat(), fc.nat(200), fc.uint8Array({ maxLength: 100 }), (records, place, zeros, noise) => {
        const whole = joinBytes(records);
        const cut = whole.subarray(0, place % (whole.length + 1));
        return (
          isPrefix(cut, records) && isPrefix(joinBytes([cut, new Uint8Array(zeros)]), records) && isPrefix(joinBytes([cut, noise]), records)
        );
      }),
    ),
  );
});

test("a block that was written twice is not read twice", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(segments, fc.nat(), fc.nat(), (records, a, b) => {
        const from = a % records.length;
        const to = from + 1 + (b % (records.length - from));
        const doubled = [...records.slice(0, to), ...records.slice(from, to), ...records.slice(to)];
        return isPrefix(joinBytes(doubled), records) && found(joinBytes(doubled)).length === to;
      }),
    ),
  );
});

test("noise is never taken for records, and never throws", (t) => {
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (noise) => scanRecords(noise).count === 0)));
});

test("the last record behind damage is found, of the same term and with a higher number only", (t) => {
  const bytes = joinBytes([recordOf(1), recordOf(2), recordOf(3), recordOf(7)]);
  bytes[36 + 20] = 0xff;
  t.deepEqual(lastBehindDamage(bytes, 36, { term: 1, seq: 1 }), { term: 1, seq: 7 });
  t.is(lastBehindDamage(bytes, 36, { term: 1, seq: 7 }), undefined);
  t.is(lastBehindDamage(bytes, 36, { term: 2, seq: 1 }), undefined);
  t.is(lastBehindDamage(new Uint8Array(100), 0, undefined), undefined);
});
