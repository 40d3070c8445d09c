import type { Quality } from "../../../../../shared/acquisition/sample.ts";
import type { BucketView } from "../../../../../shared/console/api/record-api.ts";

/** A value that came after the buckets were asked for. */
export interface TailPoint {
  readonly at: number;
  readonly value: number | undefined;
  readonly quality: Quality;
}

/** What a chart draws: columns of equal length, times in seconds. */
export interface ChartSeries {
  readonly x: number[];
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly quality: Quality[];
  /** Where each point's span ends, seconds. */
  readonly end: number[];
}

/** A line is drawn over shorter breaks than this: a value that is reported when it changes has none of its own while it rests. */
const bridged = 15 * 60_000;

/** A number that can be drawn: true is 1. */
export function drawable(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return typeof value === "boolean" ? Number(value) : undefined;
}

/** Columns of buckets with what streamed since. Points stand in the middle of their span; longer silences break the line. */
export function chartSeries(buckets: readonly BucketView[], width: number, tail: readonly TailPoint[]): ChartSeries {
  const series: ChartSeries = { x: [], mean: [], min: [], max: [], quality: [], end: [] };
  const limit = Math.max(3 * width, bridged);
  let last: number | undefined;
  const put = (at: number, end: number, mean: number | null, min: number | null, max: number | null, quality: Quality): void => {
    if (last !== undefined && at - last > limit) push((last + 1) / 1000, (last + 1) / 1000, null, null, null, "stale");
    push(at / 1000, end / 1000, mean, min, max, quality);
    last = end;
  };
  const push = (x: number, end: number, mean: number | null, min: number | null, max: number | null, quality: Quality): void => {
    series.x.push(x);
    series.end.push(end);
    series.mean.push(mean);
    series.min.push(min);
    series.max.push(max);
    series.quality.push(quality);
  };
  for (const { from, mean, min, max, quality, lastAt } of buckets) {
    const at = Math.min(from + width / 2, Math.max(from, lastAt ?? Number.POSITIVE_INFINITY));
    put(at, from + width, mean ?? null, min ?? null, max ?? null, quality);
  }
  const newest = buckets.at(-1)?.lastAt ?? Number.NEGATIVE_INFINITY;
  for (const { at, value, quality } of tail) {
    if (at <= newest || (series.x.at(-1) ?? 0) * 1000 >= at) continue;
    const shown = quality === "bad" ? null : (value ?? null);
    put(at, at, shown, shown, shown, quality);
  }
  return series;
}

/** Whether there is anything to draw a line of. */
export function hasNumbers({ mean }: ChartSeries): boolean {
  return mean.some((value) => value !== null);
}

/** How many readings there are of each quality. */
export function qualityShares(buckets: readonly BucketView[]): Readonly<Record<Quality, number>> {
  const shares = { good: 0, uncertain: 0, bad: 0, stale: 0 };
  for (const { qualities } of buckets) {
    shares.good += qualities.good;
    shares.uncertain += qualities.uncertain;
    shares.bad += qualities.bad;
    shares.stale += qualities.stale;
  }
  return shares;
}
