import type { MetricValue } from "./metric.ts";

/** Counts values by size, in buckets that are fixed from the start. @see Prometheus text exposition format 0.0.4, histogram */
export class Histogram {
  readonly #bounds: Float64Array;
  /** By bucket, not cumulative; the last one holds what is above all bounds. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds largest value of each bucket, rising, in the metric's unit */
  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.from(bounds);
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Values counted so far. */
  get count(): number {
    let count = 0;
    for (const one of this.#counts) count += one;
    return count;
  }

  observe(value: number): void {
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** The values of a histogram metric: cumulative buckets, then sum and count. */
  values(labels: Readonly<Record<string, string>> = {}): readonly MetricValue[] {
    const values: MetricValue[] = [];
    let below = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      below += this.#counts[bucket] ?? 0;
      const bound = this.#bounds[bucket];
      values.push({ labels: { ...labels, le: bound === undefined ? "+Inf" : String(bound) }, value: below, suffix: "_bucket" });
    }
    values.push({ labels, value: this.#sum, suffix: "_sum" }, { labels, value: below, suffix: "_count" });
    return values;
  }
}
