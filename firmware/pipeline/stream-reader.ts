import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import { GapReason } from "../../shared/pipeline/gap-record.ts";
import { JournalUnreadable } from "../../shared/pipeline/journal-errors.ts";
import { claimedLength, kindAt, RecordKind, recordEnd, seqAt, termAt } from "../../shared/pipeline/journal-record.ts";
import type { JournalBatch, ReadBounds } from "../../shared/pipeline/ports.ts";
import type { MemoryTail } from "./memory-tail.ts";
import type { Segment } from "./segment.ts";
import type { SegmentShelf } from "./segment-shelf.ts";
import type { StreamDirectory } from "./stream-directory.ts";
import { tellHoleBefore, tellThinnedHoles } from "./tell-holes.ts";

export interface StreamReaderParts {
  readonly home: StreamDirectory;
  readonly shelf: SegmentShelf;
  readonly tail: MemoryTail;
  /** A segment is not what the shelf says: look at it again, and put aside what cannot be read. */
  readonly onDamage: (segment: Segment) => Promise<void>;
}

/** A place whose offset is known. */
interface Position {
  readonly name: string;
  readonly place: Cursor;
  readonly offset: number;
}

/** Records of a piece of a segment that come after a place. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** The place of the last of them; `after` when there are none. */
  readonly last: Cursor;
}

const smallestRead = 65_536;
/** Readers of one stream whose places are remembered: each then goes on where it was without looking for it. */
const positionsKept = 4;
/** A segment that the disk would not give back so often is given up. */
const patience = 3;

/** Reads the durable records of a stream, checking each. */
export class StreamReader {
  readonly #parts: StreamReaderParts;
  #positions: Position[] = [];
  /** How often in a row the disk would not give back a segment. */
  #refusals = { name: "", count: 0 };

  constructor(parts: StreamReaderParts) {
    this.#parts = parts;
  }

  /** The records behind `after`; a hole there is told by a gap record that stands at the last place that is missing. */
  async read(after: Cursor, bounds: ReadBounds): Promise<JournalBatch> {
    const { shelf, tail } = this.#parts;
    for (;;) {
      await shelf.settled;
      const recent = tail.behind(after);
      const run = recent === undefined ? undefined : runOf(recent.bytes, after, bounds);
      // Why there is a hole is known where the files are.
      if (recent !== undefined && run !== undefined && followsOn(recent.bytes, run.start, after)) {
        return this.#batch(after, recent.bytes, run, GapReason.missing);
      }
      const found = shelf.behind(after);
      if (found === undefined) return { prev: after, records: new Uint8Array(0), count: 0, last: after, more: false };
      const batch = await this.#readSegment(found.segment, found.previous, after, bounds);
      if (batch !== undefined) return batch;
    }
  }

  /** Forgets where places are: the files have changed. */
  forget(): void {
    this.#positions = [];
  }

  /** `undefined` when the segment is no more what it was: look again. */
  async #readSegment(
    segment: Segment,
    previous: Segment | undefined,
    after: Cursor,
    bounds: ReadBounds,
  ): Promise<JournalBatch | undefined> {
    const { home, shelf, onDamage } = this.#parts;
    const { rewrites } = shelf;
    const changed = (): boolean => shelf.rewrites !== rewrites || !shelf.all.some(({ name }) => name === segment.name);
    let offset = this.#offsetOf(segment, after);
    let wanted = Math.max(bounds.bytes, smallestRead);
    for (;;) {
      const length = Math.min(wanted, segment.bytes - offset);
      let bytes: Uint8Array;
      try {
        bytes = await home.fs.read(home.pathOf(segment.name), offset, length);
      } catch (error) {
        if (changed()) return undefined;
        this.#refusals =
          this.#refusals.name === segment.name ? { name: segment.name, count: this.#refusals.count + 1 } : { name: segment.name, count: 1 };
        if (this.#refusals.count < patience) throw new JournalUnreadable(home.pathOf(segment.name), error);
        await onDamage(segment);
        return undefined;
      }
      if (changed()) return undefined;
      const run = runOf(bytes, after, bounds);
      if (run.count > 0) {
        this.#remember({ name: segment.name, place: run.last, offset: offset + run.end });
        const why = offset + run.start === 0 ? this.#boundaryReason(previous, after) : undefined;
        return this.#batch(after, bytes, run, why, isHoled(segment));
      }
      const atEnd = offset + bytes.length >= segment.bytes || bytes.length < length;
      const claimed = claimedLength(bytes, run.end, bytes.length);
      const cutOff = !atEnd && (bytes.length - run.end < 4 || (claimed > 0 && run.end + claimed > bytes.length));
      if (cutOff || (!atEnd && run.end === bytes.length)) {
        offset += run.end;
        if (run.end === 0) wanted *= 2;
        continue;
      }
      await onDamage(segment);
      return undefined;
    }
  }

  #offsetOf(segment: Segment, after: Cursor): number {
    if (compareCursors(after, segment.first) < 0) return 0;
    let best = 0;
    for (const { name, place, offset } of this.#positions) {
      if (name === segment.name && offset > best && compareCursors(place, after) <= 0) best = offset;
    }
    return best;
  }

  #remember(position: Position): void {
    if (this.#positions.length >= positionsKept) this.#positions.shift();
    this.#positions.push(position);
  }

  /** @param why records are missing ahead of the first, where a segment begins; `undefined` elsewhere */
  #batch(after: Cursor, bytes: Uint8Array, run: Run, why: GapReason | undefined, holed = false): JournalBatch {
    const newest = this.#parts.shelf.newest?.last ?? after;
    const more = compareCursors(run.last, newest) < 0;
    const found = bytes.subarray(run.start, run.end);
    const begun = holed && why === undefined ? { bytes: found, added: 0 } : tellHoleBefore(found, after, why ?? GapReason.missing);
    const whole = holed ? tellThinnedHoles(begun.bytes, after) : { bytes: begun.bytes, added: 0 };
    return { prev: after, records: whole.bytes, count: run.count + begun.added + whole.added, last: run.last, more };
  }

  /** Why the records before a segment are missing. */
  #boundaryReason(previous: Segment | undefined, after: Cursor): GapReason {
    if (previous !== undefined) return previous.lost ?? GapReason.missing;
    return compareCursors(after, this.#parts.shelf.acknowledged) < 0 ? GapReason.acknowledged : GapReason.budget;
  }
}

/** True when numbers are missing in the segment, as they are when it was thinned. */
function isHoled({ first, last, count }: Segment): boolean {
  return count < last.seq - first.seq + 1;
}

/** True when no number lies between `after` and the record at `at`. */
function followsOn(bytes: Uint8Array, at: number, after: Cursor): boolean {
  return seqAt(bytes, at) <= after.seq + 1 || kindAt(bytes, at) === RecordKind.gap;
}

/** Walks sound records, passing those up to `after`, taking those behind it within the bounds. */
function runOf(bytes: Uint8Array, after: Cursor, bounds: ReadBounds): Run {
  let at = 0;
  let start = 0;
  let count = 0;
  let term = after.term;
  let seq = after.seq;
  while (at < bytes.length && count < bounds.records) {
    const next = recordEnd(bytes, at, bytes.length);
    if (next < 0) break;
    const recordTerm = termAt(bytes, at);
    const recordSeq = seqAt(bytes, at);
    if (recordTerm > after.term || (recordTerm === after.term && recordSeq > after.seq)) {
      if (count === 0) start = at;
      else if (next - start > bounds.bytes) break;
      count += 1;
      term = recordTerm;
      seq = recordSeq;
    }
    at = next;
  }
  return { start, end: at, count, last: { term, seq } };
}
