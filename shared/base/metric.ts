/** One measured value with its labels. */
export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Histograms only: `_bucket`, `_sum` or `_count`, put behind the metric's name. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
}

/**
 * One metric family as it stands now. Rooms count in plain fields and give this picture when asked, so that counting costs nothing.
 * @see Prometheus text exposition format 0.0.4
 */
export interface Metric {
  /** Prometheus name: `penstock_` first, unit last, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly values: readonly MetricValue[];
}

/** Whoever has something to measure. */
export interface MetricSource {
  metrics(): readonly Metric[];
}
