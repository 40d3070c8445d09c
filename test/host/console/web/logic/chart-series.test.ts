import test from "ava";
import { chartSeries, hasNumbers, qualityShares } from "../../../../../host/console/web/src/logic/chart-series.ts";
import type { BucketView } from "../../../../../shared/console/api/record-api.ts";

const bucket = (from: number, mean: number | undefined, quality: BucketView["quality"] = "good"): BucketView => ({
  from,
  count: 4,
  ...(mean !== undefined && { mean, min: mean - 1, max: mean + 1 }),
  quality,
  qualities: { good: quality === "good" ? 4 : 0, uncertain: 0, bad: quality === "bad" ? 4 : 0, stale: quality === "stale" ? 4 : 0 },
});

test("each span is a point in its middle, in seconds", (t) => {
  const series = chartSeries([bucket(0, 5), bucket(10_000, 6)], 10_000, []);
  t.deepEqual(series.x, [5, 15]);
  t.deepEqual(series.mean, [5, 6]);
  t.deepEqual(series.max, [6, 7]);
});

test("a long silence breaks the line", (t) => {
  const series = chartSeries([bucket(0, 5), bucket(3_600_000, 6)], 10_000, []);
  t.deepEqual(series.mean, [5, null, 6]);
});

test("a short silence of a value that is reported when it changes does not", (t) => {
  t.deepEqual(chartSeries([bucket(0, 5), bucket(120_000, 6)], 10_000, []).mean, [5, 6]);
});

test("bad spans have no line but their quality", (t) => {
  const series = chartSeries([bucket(0, 5), bucket(10_000, undefined, "bad"), bucket(20_000, 6)], 10_000, []);
  t.deepEqual(series.mean, [5, null, 6]);
  t.deepEqual(series.quality, ["good", "bad", "good"]);
});

test("what streamed since is added, what the spans hold already is not", (t) => {
  const spans = [{ ...bucket(0, 5), lastAt: 9000 }];
  const tail = [
    { at: 8000, value: 1, quality: "good" },
    { at: 12_000, value: 7, quality: "good" },
    { at: 13_000, value: 8, quality: "bad" },
  ] as const;
  const series = chartSeries(spans, 10_000, tail);
  t.deepEqual(series.mean, [5, 7, null]);
  t.true(hasNumbers(series));
});

test("times only grow, as charts ask", (t) => {
  const series = chartSeries([bucket(0, 5), bucket(10_000, 6)], 10_000, [
    { at: 15_000, value: 1, quality: "good" },
    { at: 15_000, value: 1, quality: "good" },
  ]);
  t.deepEqual(
    series.x,
    [...new Set(series.x)].sort((a, b) => a - b),
  );
});

test("readings are counted by quality", (t) => {
  t.deepEqual(qualityShares([bucket(0, 5), bucket(1, undefined, "bad")]), { good: 4, uncertain: 0, bad: 4, stale: 0 });
});
