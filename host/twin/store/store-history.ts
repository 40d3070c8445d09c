import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { MetricSource } from "../../../shared/base/metric.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { History } from "../../../shared/twin/store-ports.ts";
import type { BatchSink, CommitUpkeep, HistoryWrite } from "../history/batch-sink.ts";
import type { StoreDatabase } from "./store-database.ts";
import type { StoreGate } from "./store-gate.ts";

/** The history as the store keeps it: its part of every batch is put in by itself. */
export interface StoreHistory extends History, MetricSource {
  /** Makes room for the points of readings, before they are part of a batch. @throws {StoreFull} */
  admit(readings: readonly Reading[]): void;
  write(readings: readonly Reading[], sink: BatchSink): HistoryWrite;
  /** Removes what is kept of a thing, or of one of its features. */
  remove(thing: string, feature: string | undefined, sink: BatchSink): HistoryWrite;
  close(): Promise<void>;
}

export interface StoreHistoryParts {
  readonly db: StoreDatabase;
  readonly clock: Clock;
  readonly log: Log;
  /** What all its keys begin with. */
  readonly prefix: Uint8Array;
  readonly commit: CommitUpkeep;
}

/** Opens the history in a store's database. */
export type OpenHistory = (parts: StoreHistoryParts) => Promise<StoreHistory>;

/** The history for readers, who wait while the database is opened anew. */
export function gatedHistory(history: StoreHistory, gate: StoreGate): History {
  return {
    latest: (thing, feature) => history.latest(thing, feature),
    latestOf: (thing) => history.latestOf(thing),
    readings: (query, stop) => gate.pass(() => history.readings(query, stop)),
    buckets: (query, stop) => gate.pass(() => history.buckets(query, stop)),
  };
}
