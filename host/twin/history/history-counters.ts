import type { Metric } from "../../../shared/base/metric.ts";

/** What the history counts. */
export class HistoryCounters {
  /** Readings kept singly in hours that are summed up. Kept on disk too, in the batches that change it. */
  kept = 0;
  written = 0;
  summed = 0;
  prunedReadings = 0;
  prunedSums = 0;
  queries = 0;
  queriedReadings = 0;
  tooCostly = 0;

  metrics(points: number, refused: number, keptDays: number): readonly Metric[] {
    const { kept, written, summed, prunedReadings, prunedSums, queries, queriedReadings, tooCostly } = this;
    const one = (type: "counter" | "gauge", name: string, help: string, value: number): Metric => ({
      name: `penstock_history_${name}`,
      help,
      type,
      values: [{ labels: {}, value }],
    });
    return [
      one("gauge", "points", "Features with a history.", points),
      one("counter", "points_refused_total", "Features that got no history because of the bound of points.", refused),
      one("counter", "readings_written_total", "Readings written to the history.", written),
      one("gauge", "readings_kept", "Readings kept singly, beside those of hours that are not summed up yet.", kept),
      one("gauge", "readings_kept_days", "Days that readings are kept singly now; fewer than set when there are too many.", keptDays),
      one("counter", "hours_summed_total", "Hours of features that were summed up, again when something came late.", summed),
      one("counter", "readings_pruned_total", "Readings removed by age; their sums stay.", prunedReadings),
      one("counter", "sums_pruned_total", "Hours whose sums, of minutes or of the whole, were removed by age.", prunedSums),
      one("counter", "queries_total", "Questions for buckets.", queries),
      one("counter", "queried_readings_total", "Readings looked at singly to answer questions for buckets.", queriedReadings),
      one("counter", "queries_refused_total", "Questions for buckets that were refused as too costly.", tooCostly),
    ];
  }
}
