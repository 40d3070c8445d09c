import test from "ava";
import fc from "fast-check";
import { encodeRecord, longestPayload, RecordKind, readRecord, recordEnd, restampRecord } from "../../../shared/pipeline/journal-record.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a record is length, checksum, term, number, microseconds, kind, length of the payload and payload, all little-endian", (t) => {
  const record = encodeRecord(
    { term: 0x01020304, seq: 0x0011_2233_4455, micros: 1_600_000_000_000_001, kind: RecordKind.command },
    ascii("{}"),
  );
  t.is(hex(record.subarray(0, 4)), "19000000");
  t.is(hex(record.subarray(8)), "04030201" + "5544332211000000" + "0100a40731af0500" + "03" + "0200" + "7b7d");
  t.is(record.length, 33);
});

test("a record says its term, number, time, kind and payload again", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.nat(0xffff_ffff),
        fc.maxSafeNat(),
        fc.maxSafeNat(),
        fc.constantFrom(...Object.values(RecordKind)),
        fc.uint8Array({ maxLength: 300 }),
        (term, seq, micros, kind, payload) => {
          const bytes = encodeRecord({ term, seq, micros, kind }, payload);
          const read = readRecord(bytes, 0);
          const same = read.term === term && read.seq === seq && read.micros === micros && read.kind === kind;
          return same && recordEnd(bytes, 0, bytes.length) === bytes.length && hex(read.payload) === hex(payload);
        },
      ),
    ),
  );
});

test("the longest payload makes the longest body", (t) => {
  const record = encodeRecord({ term: 1, seq: 1, micros: 1, kind: RecordKind.sample }, new Uint8Array(longestPayload));
  t.is(record.length, 8 + 65_536);
  t.is(recordEnd(record, 0, record.length), record.length);
});

test("a record with another place is sound and says nothing else", (t) => {
  const record = encodeRecord({ term: 1, seq: 2, micros: 3, kind: RecordKind.sample }, ascii("value"));
  restampRecord(record, 0, 9, 2 ** 40);
  t.deepEqual(record, encodeRecord({ term: 9, seq: 2 ** 40, micros: 3, kind: RecordKind.sample }, ascii("value")));
});

test("zeros are no record, though the checksum of nothing is zero", (t) => {
  t.is(recordEnd(new Uint8Array(64), 0, 64), -1);
});

test("a body with a sound checksum is no record when its kind is unknown", (t) => {
  const record = encodeRecord({ term: 1, seq: 2, micros: 3, kind: RecordKind.sample }, ascii("value"));
  record[28] = 5;
  restampRecord(record, 0, 1, 2);
  t.is(recordEnd(record, 0, record.length), -1);
});
