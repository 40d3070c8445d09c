import test from "ava";
import fc from "fast-check";
import { ByteReader } from "../../../../host/twin/history/byte-reader.ts";
import { ByteWriter } from "../../../../host/twin/history/byte-writer.ts";
import { HistoryDamaged } from "../../../../host/twin/history/history-errors.ts";
import { orderedTime } from "../../../../host/twin/history/history-time.ts";
import { measured, readingBytes, readingOf } from "../../../../host/twin/history/reading-bytes.ts";
import type { Quality } from "../../../../shared/acquisition/sample.ts";
import type { JsonValue } from "../../../../shared/base/json.ts";
import type { Reading } from "../../../../shared/twin/documents/reading.ts";

const place = { thing: "pump", feature: "flow", term: 3, seq: 70_000 };

function throughBytes(reading: Reading): Reading {
  const bytes = readingBytes(new ByteWriter(), reading);
  const reader = new ByteReader().open(bytes);
  const again = readingOf(reader, reading, { at: orderedTime(reading.source), term: reading.term, seq: reading.seq });
  if (!reader.done) throw new Error("bytes are left");
  const { value, quality } = measured(new ByteReader().open(bytes));
  if (quality !== reading.quality || !Object.is(JSON.stringify(value), JSON.stringify(reading.value)))
    throw new Error("measured something else");
  return again;
}

// Minus zero within lists and objects is what JSON itself cannot say.
const scalar = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 100),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: "binary" }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }).map(String),
);
const isJson = (value: unknown): value is JsonValue => value !== undefined;
const nested = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));
const value = fc.oneof(scalar, nested).filter(isJson);
const time = fc.oneof(
  fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 }),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -10, max: 10 }),
);

test("value, quality, both times and the reason come back exactly", (t) => {
  const reading = fc.record(
    {
      value,
      quality: fc.constantFrom<Quality>("good", "uncertain", "bad", "stale"),
      source: time,
      received: fc.oneof(time, fc.integer({ min: 0, max: 10_000 })),
      reason: fc.string({ unit: "binary" }),
    },
    { requiredKeys: ["value", "quality", "source", "received"] },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(reading, ({ reason, ...rest }) => {
        const whole = { ...place, ...rest, ...(reason === undefined ? {} : { reason }) };
        t.deepEqual(throughBytes(whole), whole);
      }),
      { numRuns: 3000, includeErrorInReport: true },
    ),
  );
});

test("text with half a surrogate pair is kept as it is", (t) => {
  const reading = { ...place, value: "a\ud800b", quality: "bad" as const, source: 5, received: 6, reason: "\udc00" };
  t.deepEqual(throughBytes(reading), reading);
});

const takes = test.macro({
  exec(t, value: JsonValue, length: number) {
    const bytes = readingBytes(new ByteWriter(), {
      ...place,
      value,
      quality: "good",
      source: 1_700_000_000_000,
      received: 1_700_000_000_020,
    });
    t.is(bytes.length, length);
  },
  title: (_given, value, length) => `a reading of ${JSON.stringify(value)} takes ${length} bytes beside its key`,
});
test(takes, true, 2);
test(takes, 7, 3);
test(takes, 21.35, 4);
test(takes, 0.1 + 0.2, 10);
test(takes, Math.fround(0.1), 6);
test(takes, "on", 5);

test("bytes that were cut off are told as damage", (t) => {
  const bytes = readingBytes(new ByteWriter(), {
    ...place,
    value: { a: [1, 2.5, "x"] },
    quality: "bad",
    source: 1,
    received: 2,
    reason: "why",
  });
  for (let length = 0; length < bytes.length; length++) {
    t.throws(() => readingOf(new ByteReader().open(bytes.subarray(0, length)), place, { at: 1, term: 1, seq: 1 }), {
      instanceOf: HistoryDamaged,
    });
  }
});
