import { Histogram } from "../../shared/base/histogram.ts";
import type { Metric } from "../../shared/base/metric.ts";

/** What a twin store counts. */
export class TwinMetrics {
  commits = 0;
  records = 0;
  bytes = 0;
  failures = 0;
  refused = 0;
  /** Records that could not be read and were set aside, those of earlier runs included. */
  quarantined = 0;
  /** From handing a batch to the disk until it is there, seconds. */
  readonly commitTime = new Histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]);

  metrics(features: number, pending: number): readonly Metric[] {
    return [
      one("penstock_twin_features", "gauge", "Features that the twin store holds.", features),
      one("penstock_twin_pending", "gauge", "Features with changes that are not on disk yet.", pending),
      one("penstock_twin_quarantined", "gauge", "Stored features that could not be read and were set aside.", this.quarantined),
      one("penstock_twin_commits_total", "counter", "Batches of twins on disk.", this.commits),
      one("penstock_twin_records_written_total", "counter", "Feature documents on disk, counted with every write.", this.records),
      one("penstock_twin_bytes_written_total", "counter", "Characters of feature documents on disk.", this.bytes),
      one("penstock_twin_failures_total", "counter", "Batches of twins that the disk refused.", this.failures),
      one("penstock_twin_refused_total", "counter", "Changes of twins refused because a bound was reached.", this.refused),
      {
        name: "penstock_twin_commit_seconds",
        help: "Time to bring a batch of twins to disk.",
        type: "histogram",
        values: this.commitTime.values(),
      },
    ];
  }
}

function one(name: string, type: "counter" | "gauge", help: string, value: number): Metric {
  return { name, help, type, values: [{ labels: {}, value }] };
}
