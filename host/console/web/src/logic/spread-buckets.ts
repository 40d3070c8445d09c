import type { BucketView } from "../../../../../shared/console/api/record-api.ts";

/** Means at equal distances over a span. Where nothing was reported the value before holds, as it does for values that are reported when they change. */
export function spreadBuckets(buckets: readonly BucketView[], width: number, from: number, to: number): readonly (number | undefined)[] {
  const places = Math.max(1, Math.ceil((to - from) / Math.max(1, width)));
  const values = new Array<number | undefined>(places).fill(undefined);
  for (const { from: begin, mean } of buckets) {
    const place = Math.round((begin - from) / Math.max(1, width));
    if (place >= 0 && place < places) values[place] = mean;
  }
  let last: number | undefined;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}
