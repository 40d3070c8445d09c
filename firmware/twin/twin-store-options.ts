import type { BackoffRange } from "../../shared/base/backoff.ts";
import { type Bytes, bytes, type Millis, millis } from "../../shared/base/units.ts";

/** Intervals and bounds of a twin store. */
export interface TwinStoreOptions {
  /** How long a change that somebody waits for lets others join its commit; default 0: those of the same turn of the event loop. */
  readonly commitDelay?: Millis;
  /** How long reported values are gathered: what a power cut may take of them; default 1 s. */
  readonly commitInterval?: Millis;
  /** Features in one batch at most; more are written in several, so that none holds the event loop for long; default 1024. */
  readonly commitSize?: number;
  /** How often samples of which only the times are new are written; default 1 h. */
  readonly refreshInterval?: Millis;
  /** Default 20,000. */
  readonly maxFeatures?: number;
  /** Size of `desired` and `status` of one feature together; default 64 KiB. */
  readonly maxDocument?: Bytes;
  /** Objects and arrays in one another in a patch; default 16. */
  readonly maxDepth?: number;
  /** Changes that may wait for the disk at once; default 10,000. */
  readonly maxWaiting?: number;
  /** Waits between attempts while the disk refuses; default 250 ms to 5 s. */
  readonly retry?: BackoffRange;
}

export const twinStoreDefaults: Required<TwinStoreOptions> = {
  commitDelay: millis(0),
  commitInterval: millis(1000),
  commitSize: 1024,
  refreshInterval: millis(60 * 60_000),
  maxFeatures: 20_000,
  maxDocument: bytes(64 * 1024),
  maxDepth: 16,
  maxWaiting: 10_000,
  retry: { initial: millis(250), max: millis(5000) },
};
