import type { BackoffRange } from "../../shared/base/backoff.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { WhenFull } from "../../shared/pipeline/journal-config.ts";

/** How a stream of the journal is kept. */
export interface StreamSettings {
  /** Room on disk, bytes. */
  readonly maxBytes: number;
  readonly whenFull: WhenFull;
  /** So many bytes are written at once without waiting. */
  readonly commitBytes: number;
  /** Records that the gateway has are kept so long. */
  readonly keep: Millis;
  /** Bytes that may wait for the disk; beyond it records are dropped. */
  readonly pendingBytes: number;
  /** Newest records kept in memory for readers, bytes. */
  readonly tailBytes: number;
  /** How attempts to write follow a failed one. */
  readonly retry: BackoffRange;
}

/** A refusing disk is asked again after one second, then less and less often. */
export const journalRetry: BackoffRange = { initial: millis(1000), max: millis(30_000) };

const fewestSegments = 8;
const largestSegment = 1_048_576;

/** Length of a stream's segments: the room goes in steps of an eighth at most. */
export function segmentBytes(maxBytes: number): number {
  return Math.min(largestSegment, Math.floor(maxBytes / fewestSegments));
}
