import test from "ava";
import fc from "fast-check";
import { planBuckets } from "../../../../host/twin/history/bucket-plan.ts";
import { nothingPruned } from "../../../../host/twin/history/pruned-state.ts";
import { day, hour, start } from "./history-lab.ts";

const minute = 60_000;

const plan = (length: number, buckets: number, more: object = {}): ReturnType<typeof planBuckets> =>
  planBuckets({ from: start, to: start + length, buckets, readingsOnly: false }, { ...nothingPruned, ...more });

test("spans cover what was asked for, are no more than that, and begin at multiples of their length", (t) => {
  const wish = fc.record({
    from: fc.oneof(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 4e12 })),
    length: fc.oneof(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e11 })),
    buckets: fc.oneof(fc.integer({ min: 2, max: 10 }), fc.integer({ min: 2, max: 10_000 })),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(wish, ({ from, length, buckets }) => {
        const { width, ...edges } = planBuckets({ from, to: from + length, buckets, readingsOnly: false }, nothingPruned);
        t.true(edges.from <= from && edges.to >= from + length);
        t.true(edges.from % width === 0 && edges.to % width === 0);
        t.true((edges.to - edges.from) / width <= buckets);
        // Not much coarser than asked for: rounding to whole units, and edges moved out, cost a little.
        const unit = width >= 12 * hour ? hour : width >= minute ? minute : width >= 1000 ? 1000 : 1;
        t.true(width <= Math.max(unit, (length / (buckets - 1)) * 1.01 + 2 * unit), `${width}`);
      }),
      { numRuns: 2000, includeErrorInReport: true },
    ),
  );
});

test("a month in 500 spans is answered from minutes, two years from hours, a minute from readings", (t) => {
  t.like(plan(30 * day, 500), { width: 87 * minute, grain: "minute" });
  t.like(plan(730 * day, 500), { width: 36 * hour, grain: "hour" });
  t.like(plan(minute, 60), { width: 1000, grain: "reading" });
  t.like(plan(30 * day, 720), { width: hour, grain: "hour" });
});

test("where readings were pruned spans are minutes at least, where those were pruned hours", (t) => {
  t.like(plan(minute, 60, { readings: start }), { width: 1000 });
  t.like(plan(minute, 60, { readings: start + hour }), { width: minute, grain: "minute" });
  t.like(plan(minute, 60, { readings: start + hour, minutes: start + hour }), { width: hour, grain: "hour" });
});

test("an edge that is moved out into what was pruned counts as well", (t) => {
  const wish = { from: start + 2 * hour, to: start + 2 * hour + 6500 * 6, buckets: 6, readingsOnly: false };
  t.like(planBuckets(wish, nothingPruned), { width: 7000, from: Math.floor(wish.from / 7000) * 7000 });
  t.not(wish.from % 7000, 0);
  t.is(planBuckets(wish, { ...nothingPruned, readings: wish.from }).width, minute);
});

test("one span for all may begin and end anywhere but on both sides of 1970", (t) => {
  const one = planBuckets({ from: start - 1, to: start + 1, buckets: 1, readingsOnly: false }, nothingPruned);
  t.is(one.to - one.from, one.width);
  const two = planBuckets({ from: -1, to: 1, buckets: 1, readingsOnly: false }, nothingPruned);
  t.is(two.to - two.from, 2 * two.width);
});
