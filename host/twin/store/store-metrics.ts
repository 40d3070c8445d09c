import { Histogram } from "../../../shared/base/histogram.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import type { DocumentCache } from "./document-cache.ts";
import type { Counts } from "./document-counts.ts";
import type { EventLog } from "./event-log.ts";

/** What stands in a store now, for its metrics. */
export interface StorePicture {
  readonly counts: Counts;
  readonly cache: DocumentCache;
  readonly events: EventLog;
  readonly streams: number;
  readonly auditLines: number;
  readonly waiting: number;
  readonly unreadable: number;
}

/** What a gateway's store counts. */
export class StoreMetrics {
  batches = 0;
  changes = 0;
  readings = 0;
  conflicts = 0;
  refused = 0;
  failures = 0;
  /** From handing a batch to the disk until it is there, seconds. */
  readonly commitTime = new Histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]);

  metrics({ counts, cache, events, streams, auditLines, waiting, unreadable }: StorePicture): readonly Metric[] {
    return [
      {
        name: "penstock_gateway_store_documents",
        help: "Documents in the gateway's store, by kind.",
        type: "gauge",
        values: Object.entries(counts).map(([kind, value]) => ({ labels: { kind }, value })),
      },
      one("batches_total", "counter", "Batches on disk.", this.batches),
      one("changes_total", "counter", "Changes on disk.", this.changes),
      one("readings_total", "counter", "Readings on disk.", this.readings),
      one("conflicts_total", "counter", "Changes refused because the document had another revision.", this.conflicts),
      one("refused_total", "counter", "Changes refused because a bound was reached.", this.refused),
      one("failures_total", "counter", "Batches that the disk refused.", this.failures),
      one("waiting", "gauge", "Changes that wait for the disk.", waiting),
      one("unreadable_total", "counter", "Times that a stored document could not be read.", unreadable),
      one("streams", "gauge", "Streams of boards whose places are kept.", streams),
      one("events", "gauge", "Events that are kept.", events.newest - events.oldest + 1),
      one("event_seq", "gauge", "Number of the newest event.", events.newest),
      one("events_pruned_total", "counter", "Events removed because they were old or too many.", events.pruned),
      one("audit_lines", "gauge", "Lines of the audit log.", auditLines),
      one("cache_documents", "gauge", "Documents in memory.", cache.size),
      one("cache_bytes", "gauge", "Memory that they take, estimated.", cache.bytes),
      one("cache_hits_total", "counter", "Documents that were in memory when they were wanted.", cache.hits),
      one("cache_misses_total", "counter", "Documents that were not.", cache.misses),
      {
        name: "penstock_gateway_store_commit_seconds",
        help: "Time to bring a batch to disk.",
        type: "histogram",
        values: this.commitTime.values(),
      },
    ];
  }
}

function one(name: string, type: "counter" | "gauge", help: string, value: number): Metric {
  return { name: `penstock_gateway_store_${name}`, help, type, values: [{ labels: {}, value }] };
}
