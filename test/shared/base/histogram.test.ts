import test from "ava";
import { Histogram } from "../../../shared/base/histogram.ts";

test("a histogram that saw nothing has empty buckets", (t) => {
  t.deepEqual(new Histogram([1]).values(), [
    { labels: { le: "1" }, value: 0, suffix: "_bucket" },
    { labels: { le: "+Inf" }, value: 0, suffix: "_bucket" },
    { labels: {}, value: 0, suffix: "_sum" },
    { labels: {}, value: 0, suffix: "_count" },
  ]);
});

test("buckets are cumulative and hold their bound", (t) => {
  const histogram = new Histogram([0.5, 1, 10]);
  for (const value of [0, 0.5, 0.75, 1, 7, 11, 100]) histogram.observe(value);
  t.is(histogram.count, 7);
  t.deepEqual(
    histogram.values({ unit: "4" }).map(({ labels, value, suffix }) => [labels["unit"], labels["le"], suffix, value]),
    [
      ["4", "0.5", "_bucket", 2],
      ["4", "1", "_bucket", 4],
      ["4", "10", "_bucket", 5],
      ["4", "+Inf", "_bucket", 7],
      ["4", undefined, "_sum", 120.25],
      ["4", undefined, "_count", 7],
    ],
  );
});
