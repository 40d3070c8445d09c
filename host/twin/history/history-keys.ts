import { hourNumber, pastAllHours } from "./history-time.ts";

/** What a key is of: the byte behind the store's prefix. On disk. */
const Kind = { point: 1, removed: 2, state: 3, counters: 4, mark: 5, hours: 6, minutes: 7, reading: 8 } as const;

/** Whole numbers around 0, as unsigned ones in the same order. */
const bias = 2 ** 51;
const word = 2 ** 32;

export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

/** What belongs to one hour of one point. */
export type HourKind = "mark" | "hours" | "minutes" | "reading";

/**
 * Keys of the history, under the prefix that the store gave. Numbers are big-endian, so that the order of keys is the order of numbers:
 * ```
 * 1 point                      {thing, feature}     the dictionary: points have numbers
 * 2 point                      nothing              its name is free again, its records are to go
 * 3 point                      what was pruned
 * 4                            counters
 * 5 point hour                 nothing              the hour has readings that its sums may not have; in year 10000: a fence
 * 6 point hour                 sums of the hour
 * 7 point hour                 sums of its minutes
 * 8 point source term seq      a reading
 * ```
 */
export class HistoryKeys {
  readonly #prefix: Buffer;

  constructor(prefix: Uint8Array) {
    this.#prefix = Buffer.from(prefix);
  }

  point(id: number): Uint8Array {
    return this.#numbered(Kind.point, id);
  }

  removed(id: number): Uint8Array {
    return this.#numbered(Kind.removed, id);
  }

  state(id: number): Uint8Array {
    return this.#numbered(Kind.state, id);
  }

  counters(): Uint8Array {
    return this.#begun(Kind.counters, 0);
  }

  /** The key of an hour's mark or sums. @param begin of the hour */
  hour(kind: Exclude<HourKind, "reading">, id: number, begin: number): Uint8Array {
    return this.#timed(Kind[kind], id, begin);
  }

  /**
   * Stands behind all marks of a point. Marks come and go; without it, looking for those of one point would lead through what is left of the deleted ones of
   * all points behind it.
   */
  fence(id: number): Uint8Array {
    return this.hour("mark", id, pastAllHours);
  }

  /** @param source as {@link orderedTime} gives it */
  reading(id: number, source: number, term: number, seq: number): Uint8Array {
    const termLength = lengthOf(term);
    const seqLength = lengthOf(seq);
    const key = this.#begun(Kind.reading, 14 + termLength + seqLength);
    const at = this.#prefix.length + 1;
    key.writeUInt32BE(id, at);
    writeTime(key, source, at + 4);
    writeOrdered(key, term, termLength, at + 12);
    writeOrdered(key, seq, seqLength, at + 13 + termLength);
    return key;
  }

  points(): KeyRange {
    return this.#kind(Kind.point);
  }

  removals(): KeyRange {
    return this.#kind(Kind.removed);
  }

  marks(): KeyRange {
    return this.#kind(Kind.mark);
  }

  /** The readings of all points. */
  readings(): KeyRange {
    return this.#kind(Kind.reading);
  }

  /** All that a point has of a kind with `from ≤ time < to`. Bounds are whole numbers. */
  span(kind: HourKind, id: number, from: number, to: number): KeyRange {
    return { gte: this.#timed(Kind[kind], id, from), lt: this.#timed(Kind[kind], id, to) };
  }

  /** All that a point has of a kind. */
  all(kind: HourKind, id: number): KeyRange {
    return { gte: this.#numbered(Kind[kind], id), lt: this.#numbered(Kind[kind], id + 1) };
  }

  /** The point that a key belongs to. */
  idOf(key: Uint8Array): number {
    return readU32(key, this.#prefix.length + 1);
  }

  /** The time in a key: of a reading its source, else the begin of its hour. */
  timeOf(key: Uint8Array): number {
    const at = this.#prefix.length + 5;
    return readU32(key, at) * word + readU32(key, at + 4) - bias;
  }

  /** Where term and seq of a reading stand in its key. */
  get placeAt(): number {
    return this.#prefix.length + 13;
  }

  #begun(kind: number, room: number): Buffer {
    const length = this.#prefix.length;
    const key = Buffer.allocUnsafe(length + 1 + room);
    this.#prefix.copy(key);
    key[length] = kind;
    return key;
  }

  #numbered(kind: number, id: number): Buffer {
    const key = this.#begun(kind, 4);
    key.writeUInt32BE(id, this.#prefix.length + 1);
    return key;
  }

  #timed(kind: number, id: number, time: number): Buffer {
    const key = this.#begun(kind, 12);
    key.writeUInt32BE(id, this.#prefix.length + 1);
    writeTime(key, time, this.#prefix.length + 5);
    return key;
  }

  #kind(kind: number): KeyRange {
    return { gte: this.#begun(kind, 0), lt: this.#begun(kind + 1, 0) };
  }
}

/** One number for an hour of a point, for maps in memory. Exact: 26 bits of point, 27 of hour. */
export function hourOfPoint(id: number, begin: number): number {
  return id * 2 ** 27 + hourNumber(begin);
}

function writeTime(key: Buffer, time: number, at: number): void {
  const raised = time + bias;
  key.writeUInt32BE(Math.floor(raised / word), at);
  key.writeUInt32BE(raised % word, at + 4);
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 0x100_0000 + (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
}

/** Bytes of a whole number from 0 to 2^53 − 1. */
function lengthOf(value: number): number {
  let length = 1;
  for (let most = 0x100; value >= most; most *= 0x100) length += 1;
  return length;
}

/** A length, then the number: a longer one is a larger one, so that their order is that of bytes. */
function writeOrdered(key: Buffer, value: number, length: number, at: number): void {
  key[at] = length;
  let rest = value;
  for (let index = at + length; index > at; index--) {
    key[index] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
}
