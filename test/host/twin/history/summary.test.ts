import test from "ava";
import fc from "fast-check";
import { ByteReader } from "../../../../host/twin/history/byte-reader.ts";
import { ByteWriter } from "../../../../host/twin/history/byte-writer.ts";
import { Summary } from "../../../../host/twin/history/summary.ts";
import { hourBytes, hourSummary } from "../../../../host/twin/history/summary-bytes.ts";

const item = fc.record({
  place: fc.record({ source: fc.integer({ min: 0, max: 3_599_999 }), term: fc.integer({ min: 0, max: 3 }), seq: fc.nat() }),
  quality: fc.constantFrom("good", "uncertain", "bad", "stale" as const),
  value: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
  ),
});

const summaryOf = (items: readonly (typeof item extends fc.Arbitrary<infer T> ? T : never)[]): Summary => {
  const summary = new Summary();
  for (const { place, quality, value } of items) summary.add(place, quality, value);
  return summary;
};

test("sums of parts, kept and read again, put together in any order, are those of the whole", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), fc.array(item, { maxLength: 30 }), (left, right) => {
        const whole = summaryOf([...left, ...right]);
        const parts = [summaryOf(right), summaryOf(left)];
        const together = new Summary();
        for (const part of parts) {
          if (part.count > 0) together.merge(hourSummary(new ByteReader().open(hourBytes(new ByteWriter(), 0, part)), 0));
        }
        const { mean, ...rest } = together.bucket(0);
        const { mean: wholeMean, ...wholeRest } = whole.bucket(0);
        // Of two readings with one place either may be the last.
        const places = [...left, ...right].map(({ place }) => JSON.stringify(place));
        if (new Set(places).size === places.length) t.deepEqual(rest, wholeRest);
        t.true(mean === wholeMean || Math.abs((mean ?? 0) - (wholeMean ?? 0)) < 1e-15 * Math.max(Math.abs(whole.min), Math.abs(whole.max)));
      }),
      { numRuns: 1000, includeErrorInReport: true },
    ),
  );
});

test("a small number is not lost beside large ones", (t) => {
  const summary = new Summary();
  for (const [seq, value] of [1, 1e100, 1, -1e100].entries()) summary.add({ source: seq, term: 1, seq }, "good", value);
  t.is(summary.bucket(0).mean, 0.5);
});

test("numbers whose sum is beyond all numbers have a mean between them", (t) => {
  const summary = new Summary();
  for (const seq of [1, 2]) summary.add({ source: seq, term: 1, seq }, "good", Number.MAX_VALUE);
  t.is(summary.bucket(0).mean, Number.MAX_VALUE);
});

test("an hour of one steady value takes few bytes", (t) => {
  const steady = Array.from({ length: 3600 }, (_, seq) => ({
    place: { source: seq * 1000, term: 1, seq },
    quality: "good" as const,
    value: 21.5,
  }));
  t.true(hourBytes(new ByteWriter(), 0, summaryOf(steady)).length <= 18);
});
