import type { MetricSource } from "../base/metric.ts";
import type { Instant } from "../base/units.ts";
import type { Cursor } from "./cursor.ts";
import type { RecordKind } from "./journal-record.ts";

/** What a stream holds. */
export interface StreamInfo {
  readonly id: string;
  /** Oldest record kept; `undefined` when there is none. */
  readonly first: Cursor | undefined;
  /** Newest record appended, on disk or not. */
  readonly last: Cursor;
  /** Newest record on disk. */
  readonly durable: Cursor;
  /** What the gateway is known to have. */
  readonly acknowledged: Cursor;
  readonly bytes: number;
  readonly segments: number;
  /** Records on disk that the gateway is not known to have. */
  readonly waiting: number;
}

/**
 * Consecutive records as they lie on disk, frames and checksums included, so that nobody encodes them twice.
 *
 * No hole goes untold. Where the first record does not have the number after `prev`, it is a gap record (see `gap-record.ts`) for all that lies between;
 * it stands at the last place that is missing, so that numbers go on behind it. Within a batch the same holds, but for thinned samples: one gap record
 * at the place of the first that went tells of all that went up to its `to`.
 */
export interface JournalBatch {
  /** The place that was read from. */
  readonly prev: Cursor;
  /** Whole records, back to back. */
  readonly records: Uint8Array;
  readonly count: number;
  /** The last of them; `prev` when there are none. */
  readonly last: Cursor;
  /** There are durable records behind `last`. */
  readonly more: boolean;
}

export interface ReadBounds {
  readonly records: number;
  readonly bytes: number;
}

/** What a board keeps until its gateway has it: append-only streams of records. */
export interface Journal extends MetricSource {
  /** Names this start of the board: 32 hexadecimal digits, random. */
  readonly bootId: string;
  /** Generation of the records that are appended now. */
  readonly term: number;
  readonly streams: readonly string[];
  /** Takes a record into memory at no I/O; it is on disk with the next group commit. A full or refusing journal drops by its policy and says so with a gap. A closed one takes nothing. @throws {StreamUnknown} {RecordTooLarge} */
  append(stream: string, kind: RecordKind, at: Instant, payload: Uint8Array): void;
  /** Appends, has the stream written at once, and resolves when the record is on disk. A record that was refused is not in the journal. @throws {JournalFull} policy stop · {JournalFailed} the disk refuses · {JournalClosed} */
  commit(stream: string, kind: RecordKind, at: Instant, payload: Uint8Array): Promise<Cursor>;
  info(stream: string): StreamInfo;
  /** Durable records behind `after`, oldest first, within the bounds but at least one where there is one. Never gives what is not on disk. */
  read(stream: string, after: Cursor, bounds: ReadBounds): Promise<JournalBatch>;
  /** The gateway has everything up to here: sealed segments below may go. Costs no I/O now; kept on disk lazily, since it is a hint. */
  acknowledge(stream: string, cursor: Cursor): void;
  /**
   * The gateway knows terms up to `floor` that this journal never wrote: its disk was replaced. Moves to a term above it and gives every record
   * that the gateway does not have a place in it, times kept, so that no two records ever share one. Resolves when that is on disk; after a failure the
   * journal is in order, and calling again, or the next start, goes on. @throws {JournalFailed} {JournalClosed}
   */
  raiseTerm(floor: number): Promise<void>;
  /** Calls `listener` after each group commit. The returned function ends it. */
  onDurable(listener: (stream: string, durable: Cursor) => void): () => void;
  /** False while the disk refuses. */
  readonly writable: boolean;
  flush(): Promise<void>;
  close(): Promise<void>;
}
