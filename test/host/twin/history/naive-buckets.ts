import type { Bucket, Reading } from "../../../../shared/twin/documents/reading.ts";

const worst = ["good", "uncertain", "stale", "bad"] as const;

/** Buckets as they are defined, from all readings. */
export function naiveBuckets(readings: readonly Reading[], from: number, to: number, width: number): readonly Bucket[] {
  const begin = Math.floor(from / width) * width;
  const end = Math.ceil(to / width) * width;
  const spans = new Map<number, Reading[]>();
  for (const reading of readings) {
    if (reading.source < begin || reading.source >= end) continue;
    const span = Math.floor(reading.source / width) * width;
    spans.set(span, [...(spans.get(span) ?? []), reading]);
  }
  return [...spans]
    .sort(([a], [b]) => a - b)
    .map(([span, within]) => {
      const numbers = within
        .filter(({ quality }) => quality !== "bad")
        .flatMap(({ value }) => (typeof value === "number" ? [value] : typeof value === "boolean" ? [Number(value)] : []));
      const last = within.toSorted((a, b) => a.source - b.source || a.term - b.term || a.seq - b.seq).at(-1);
      const of = (quality: Reading["quality"]): number => within.filter((reading) => reading.quality === quality).length;
      return {
        from: span,
        count: within.length,
        min: numbers.length > 0 ? Math.min(...numbers) : undefined,
        max: numbers.length > 0 ? Math.max(...numbers) : undefined,
        mean: numbers.length > 0 ? numbers.reduce((sum, value) => sum + value, 0) / numbers.length : undefined,
        last: last?.value,
        lastAt: last?.source,
        quality: worst.findLast((quality) => of(quality) > 0) ?? "good",
        qualities: { good: of("good"), uncertain: of("uncertain"), bad: of("bad"), stale: of("stale") },
      };
    });
}

/** What is wrong with an answer, or `undefined`. Means may differ by rounding. */
export function difference(found: readonly Bucket[], expected: readonly Bucket[]): string | undefined {
  if (found.length !== expected.length) return `${found.length} buckets, not ${expected.length}`;
  for (const [index, bucket] of found.entries()) {
    const other = expected[index];
    const { mean, ...rest } = bucket;
    const { mean: otherMean, ...otherRest } = other ?? { mean: undefined };
    if (JSON.stringify(rest) !== JSON.stringify(otherRest)) return `${JSON.stringify(rest)}, not ${JSON.stringify(otherRest)}`;
    const size = Math.max(1, Math.abs(bucket.min ?? 0), Math.abs(bucket.max ?? 0));
    if (typeof mean !== typeof otherMean || Math.abs((mean ?? 0) - (otherMean ?? 0)) > size * 1e-12)
      return `mean ${mean}, not ${otherMean}`;
  }
  return undefined;
}
