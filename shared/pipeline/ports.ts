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

/** Consecutive records as they lie on disk, frames and checksums included, so that nobody encodes them twice. */
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
  /** Takes a record into memory at no I/O; it is on disk with the next group commit. A full or refusing journal drops by its policy and says so with a gap. @throws {StreamUnknown} {RecordTooLarge} */
  append(stream: string, kind: RecordKind, at: Instant, payload: Uint8Array): void;
  /** Appends and resolves when the record is on disk. @throws {JournalFull} policy stop · {JournalFailed} the disk refuses · {JournalClosed} */
  commit(stream: string, kind: RecordKind, at: Instant, payload: Uint8Array): Promise<Cursor>;
  info(stream: string): StreamInfo;
  /** Durable records behind `after`, oldest first, within the bounds but at least one where there is one. Never gives what is not on disk. */
  read(stream: string, after: Cursor, bounds: ReadBounds): Promise<JournalBatch>;
  /** The gateway has everything up to here: sealed segments below may go. Costs no I/O now; kept on disk lazily, since it is a hint. */
  acknowledge(stream: string, cursor: Cursor): void;
  /**
   * The gateway knows terms up to `floor` that this journal never wrote: its disk was replaced. Moves to a term above it and gives every record a place in it,
   * times kept, so that no two records ever share one. Resolves when that is on disk.
   */
  raiseTerm(floor: number): Promise<void>;
  /** Calls `listener` after each group commit. The returned function ends it. */
  onDurable(listener: (stream: string, durable: Cursor) => void): () => void;
  /** False while the disk refuses. */
  readonly writable: boolean;
  flush(): Promise<void>;
  close(): Promise<void>;
}
