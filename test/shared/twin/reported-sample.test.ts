import test from "ava";
import fc from "fast-check";
import { type PointValue, Quality, type Sample } from "../../../shared/acquisition/sample.ts";
import { instant } from "../../../shared/base/units.ts";
import { reportedOf, reportedText, samePointValue } from "../../../shared/twin/reported-sample.ts";

const sample = (value: PointValue | null, quality: Quality = Quality.good, reason?: string): Sample => ({
  thing: "pump-1",
  feature: "level",
  value,
  quality,
  source: instant(1_700_000_000_000),
  received: instant(1_700_000_000_020),
  ...(reason !== undefined && { reason }),
});

test("a sample becomes value, quality and both times", (t) => {
  t.deepEqual(reportedOf(sample(4.5)), { value: 4.5, quality: "good", source: 1_700_000_000_000, received: 1_700_000_000_020 });
  t.deepEqual(reportedOf(sample(4.5, Quality.stale, "no answer")), {
    value: 4.5,
    quality: "stale",
    source: 1_700_000_000_000,
    received: 1_700_000_000_020,
    reason: "no answer",
  });
});

test("no digit of a big integer is lost, in arrays too", (t) => {
  t.is(reportedOf(sample(18_446_744_073_709_551_615n))["value"], "18446744073709551615");
  t.deepEqual(reportedOf(sample([9_007_199_254_740_993n, 1]))["value"], ["9007199254740993", 1]);
});

test("a number that is none is null and bad, and says why", (t) => {
  t.like(reportedOf(sample(Number.NaN)), { value: null, quality: "bad", reason: "the value is NaN, which is no number" });
  t.like(reportedOf(sample(Number.NEGATIVE_INFINITY, Quality.uncertain, "late")), { value: null, quality: "bad", reason: "late" });
  t.like(reportedOf(sample(null, Quality.stale)), { value: null, quality: "stale" });
});

const scalar = fc.oneof(fc.boolean(), fc.double(), fc.bigInt(), fc.string());
const value: fc.Arbitrary<PointValue | null> = fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), fc.constant(null));

test("the text is the document's JSON", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(...Object.values(Quality)),
        fc.option(fc.string(), { nil: undefined }),
        (held, quality, reason) => {
          const one = sample(held, quality, reason);
          t.is(reportedText(one), JSON.stringify(reportedOf(one)));
        },
      ),
      { numRuns: 500 },
    ),
  );
});

test("values are the same element by element, NaN as NaN", (t) => {
  t.true(samePointValue(Number.NaN, Number.NaN));
  t.true(samePointValue([1, "a", [true]], [1, "a", [true]]));
  t.false(samePointValue([1, 2], [1, 3]));
  t.false(samePointValue([1], [1, 2]));
  t.false(samePointValue(1, 1n));
  t.false(samePointValue(null, 0));
  t.false(samePointValue([1], null));
});
