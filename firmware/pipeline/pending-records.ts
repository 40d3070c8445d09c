import { decodeGap, encodeGap, GapReason } from "../../shared/pipeline/gap-record.ts";
import {
  claimedLength,
  encodeRecord,
  kindAt,
  RecordKind,
  readRecord,
  recordOverhead,
  seqAt,
  writeRecord,
} from "../../shared/pipeline/journal-record.ts";
import { joinBytes, moveRecords, type RecordMove } from "../../shared/pipeline/move-records.ts";

/** What a segment that has to begin says first. */
export interface SegmentStart {
  readonly term: number;
  readonly micros: number;
  /** Payload of its term record. */
  readonly payload: Uint8Array;
}

/** What was dropped to make room in memory. */
export interface DroppedRecords {
  /** Records; those that a dropped gap record told of were counted when they were lost. */
  readonly count: number;
  /** The place of the last of them, as it was. */
  readonly upTo: number;
  /** How many places what is left has moved on. */
  readonly moved: number;
}

/**
 * Records dropped before they were on disk: the places `from` to `to`. The place before `from` is kept for the term record of the segment that will
 * tell of it.
 */
interface LeadingGap {
  from: number;
  to: number;
}

const smallest = 4096;

/**
 * Records of one stream that are not on disk yet, back to back; a term record among them begins a segment. Nobody has seen them, so their places may
 * still change: where a segment has to begin before the first of them, all move one place on.
 */
export class PendingRecords {
  #bytes: Uint8Array = new Uint8Array(smallest);
  #spare: Uint8Array | undefined = undefined;
  #length = 0;
  /** Groups in a row that needed less than a quarter of their room. */
  #spacious = 0;
  #gap: LeadingGap | undefined = undefined;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  get empty(): boolean {
    return this.#length === 0 && this.#gap === undefined;
  }

  /** The place of the newest record that waits. */
  get last(): number | undefined {
    let last = this.#gap?.to;
    for (let at = 0; at < this.#length; at += claimedLength(this.#bytes, at, this.#length)) last = seqAt(this.#bytes, at);
    return last;
  }

  append(term: number, seq: number, micros: number, kind: RecordKind, payload: Uint8Array): void {
    const end = this.#length + recordOverhead + payload.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = writeRecord(this.#bytes, this.#length, term, seq, micros, kind, payload);
  }

  /** Hands out everything, what was dropped as a gap record. The bytes stay as they are until {@link release}. */
  take(start: SegmentStart): Uint8Array {
    this.#tellGap(start);
    const records = this.#records();
    this.#bytes = this.#spare ?? new Uint8Array(smallest);
    this.#spare = undefined;
    this.#length = 0;
    return records;
  }

  /** What was taken is on disk: its memory may serve again. */
  release(taken: Uint8Array): void {
    const room = taken.buffer.byteLength;
    // After a burst its room is given back once a hundred groups have done without it.
    this.#spacious = taken.length * 4 < room ? this.#spacious + 1 : 0;
    if (this.#spare === undefined && this.#spacious < 100) this.#spare = new Uint8Array(taken.buffer);
  }

  /**
   * Takes back what could not be written, ahead of what came since. It will begin a segment.
   * @returns how many places what waits has moved on
   */
  giveBack(taken: Uint8Array, start: SegmentStart): number {
    this.#tellGap(start);
    this.#hold(joinBytes([taken, this.#records()]));
    return this.#begin(start);
  }

  /** Drops the oldest records until at most `most` bytes are left; at least one goes. */
  dropOldest(most: number): DroppedRecords {
    if (this.#length === 0) return { count: 0, upTo: 0, moved: 0 };
    const first = seqAt(this.#bytes, 0);
    const begins = this.#gap === undefined && kindAt(this.#bytes, 0) === RecordKind.term;
    let at = 0;
    let upTo = first - 1;
    let told = 0;
    // A term record alone is nothing that a gap could tell of.
    while (at < this.#length && (this.#length - at > most || upTo < (begins ? first + 1 : first))) {
      upTo = seqAt(this.#bytes, at);
      if (kindAt(this.#bytes, at) === RecordKind.gap) told += toldBy(this.#bytes, at);
      at += claimedLength(this.#bytes, at, this.#length);
    }
    if (begins && upTo === first) return { count: 0, upTo: 0, moved: 0 };
    this.#bytes.copyWithin(0, at, this.#length);
    this.#length -= at;
    if (this.#gap !== undefined) {
      const count = upTo - this.#gap.to - told;
      this.#gap.to = upTo;
      return { count, upTo, moved: 0 };
    }
    if (begins) {
      this.#gap = { from: first + 1, to: upTo };
      return { count: upTo - first - told, upTo, moved: 0 };
    }
    this.#gap = { from: first + 1, to: upTo + 1 };
    this.#move({ shift: 1 });
    return { count: upTo - first + 1 - told, upTo, moved: 1 };
  }

  /** Takes back the records at these places; those behind close up. */
  remove(without: ReadonlySet<number>): void {
    this.#move({ without });
    if (this.#gap !== undefined || this.#length === 0) return;
    // A segment is not begun for its own sake.
    const whole = claimedLength(this.#bytes, 0, this.#length);
    if (kindAt(this.#bytes, 0) === RecordKind.term && whole === this.#length) this.#length = 0;
  }

  /** Gives all records places in another term. @returns how many places they have moved on */
  moveTo(start: SegmentStart): number {
    this.#move({ term: start.term });
    return this.#begin(start);
  }

  /** What of it belongs to the segment that is begun last: bytes, and whether it is begun here at all. */
  sinceTerm(): { readonly begins: boolean; readonly bytes: number } {
    let from = -1;
    for (let at = 0; at < this.#length; at += claimedLength(this.#bytes, at, this.#length)) {
      if (kindAt(this.#bytes, at) === RecordKind.term) from = at;
    }
    return { begins: from >= 0 || this.#gap !== undefined, bytes: this.#length - Math.max(0, from) };
  }

  #records(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Has what waits begin with a segment that tells what was dropped. */
  #tellGap({ term, micros, payload }: SegmentStart): void {
    const gap = this.#gap;
    if (gap === undefined) return;
    this.#gap = undefined;
    const { from, to } = gap;
    const told = encodeGap({ from: { term, seq: from }, to: { term, seq: to }, why: GapReason.memory, count: to - from + 1 });
    const start = encodeRecord({ term, seq: from - 1, micros, kind: RecordKind.term }, payload);
    this.#hold(joinBytes([start, encodeRecord({ term, seq: to, micros, kind: RecordKind.gap }, told), this.#records()]));
  }

  /** Has what waits begin with a term record. */
  #begin({ term, micros, payload }: SegmentStart): number {
    if (this.#gap !== undefined || this.#length === 0 || kindAt(this.#bytes, 0) === RecordKind.term) return 0;
    const seq = seqAt(this.#bytes, 0);
    this.#move({ shift: 1 });
    this.#hold(joinBytes([encodeRecord({ term, seq, micros, kind: RecordKind.term }, payload), this.#records()]));
    return 1;
  }

  #move(move: RecordMove): void {
    this.#hold(moveRecords(this.#records(), move));
  }

  #hold(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#spare = undefined;
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    grown.set(this.#records());
    this.#bytes = grown;
  }
}

/** How many places the gap record at `at` stands for, its own among them. */
function toldBy(bytes: Uint8Array, at: number): number {
  const gap = decodeGap(readRecord(bytes, at).payload);
  return gap === undefined ? 0 : gap.to.seq - gap.from.seq + 1;
}
