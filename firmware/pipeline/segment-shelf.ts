import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import type { Segment } from "./segment.ts";

/** The segments of a stream, oldest first, and what the gateway has of them. */
export class SegmentShelf {
  #segments: Segment[];
  #bytes = 0;
  #rewrites = 0;
  #settled: Promise<void> = Promise.resolve();
  #acknowledged: Cursor;
  #acknowledgedBytes = 0;

  constructor(segments: readonly Segment[], acknowledged: Cursor) {
    this.#segments = [...segments];
    this.#acknowledged = acknowledged;
    this.#count();
  }

  /** One more whenever files begin or end to be written anew under the names they have. */
  get rewrites(): number {
    return this.#rewrites;
  }

  /** Resolves when no file is being written anew. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Does work that writes files anew: what was read of them meanwhile means nothing. */
  async rewrite<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#rewrites += 1;
    const result = work();
    this.#settled = result.then(
      () => {},
      () => {},
    );
    try {
      return await result;
    } finally {
      this.#rewrites += 1;
    }
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get acknowledged(): Cursor {
    return this.#acknowledged;
  }

  /** Bytes in segments that the gateway has whole and that are written no more. */
  get acknowledgedBytes(): number {
    return this.#acknowledgedBytes;
  }

  get oldest(): Segment | undefined {
    return this.#segments[0];
  }

  get newest(): Segment | undefined {
    return this.#segments.at(-1);
  }

  /** True when the segment may be removed: it is not the newest, which tells where numbers go on. */
  removable(segment: Segment): boolean {
    return segment !== this.newest && compareCursors(segment.last, this.#acknowledged) <= 0;
  }

  /** Records beyond what the gateway has. */
  get waiting(): number {
    let waiting = 0;
    for (const { first, last, count } of this.#segments) {
      if (compareCursors(last, this.#acknowledged) <= 0) continue;
      waiting += compareCursors(first, this.#acknowledged) > 0 ? count : Math.min(count, last.seq - this.#acknowledged.seq);
    }
    return waiting;
  }

  /** The first segment that has records behind a place. */
  behind(after: Cursor): { readonly segment: Segment; readonly previous: Segment | undefined } | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle];
      if (segment !== undefined && compareCursors(segment.last, after) <= 0) low = middle + 1;
      else high = middle;
    }
    const segment = this.#segments[low];
    return segment === undefined ? undefined : { segment, previous: this.#segments[low - 1] };
  }

  has(segment: Segment): boolean {
    return this.#segments.includes(segment);
  }

  acknowledge(cursor: Cursor): boolean {
    if (compareCursors(cursor, this.#acknowledged) <= 0) return false;
    this.#acknowledged = cursor;
    this.#count();
    return true;
  }

  /** Puts a segment in the place of the one of its name, or behind all. */
  put(segment: Segment): void {
    const at = this.#segments.findLastIndex(({ name }) => name === segment.name);
    if (at < 0) this.#segments.push(segment);
    else this.#segments[at] = segment;
    this.#count();
  }

  remove(segment: Segment): void {
    this.#segments = this.#segments.filter((one) => one !== segment);
    this.#count();
  }

  replaceAll(segments: readonly Segment[]): void {
    this.#segments = [...segments];
    this.#count();
  }

  #count(): void {
    this.#bytes = 0;
    this.#acknowledgedBytes = 0;
    for (const segment of this.#segments) {
      this.#bytes += segment.bytes;
      if (this.removable(segment)) this.#acknowledgedBytes += segment.bytes;
    }
  }
}
