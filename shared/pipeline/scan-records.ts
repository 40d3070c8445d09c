import { type Cursor, compareCursors } from "./cursor.ts";
import { microsAt, recordEnd, seqAt, termAt } from "./journal-record.ts";

/** The sound records that stand back to back from the beginning of some bytes. */
export interface ScannedRecords {
  readonly count: number;
  readonly first: Cursor | undefined;
  readonly last: Cursor | undefined;
  /** When the last of them was, microseconds since 1970; 0 when there are none. */
  readonly lastMicros: number;
  /** Where the first byte stands that belongs to none of them. */
  readonly end: number;
}

/**
 * Reads records until the first that is cut off, fails its checksum or does not come after the one before it. Never throws.
 * @param before all records come after this place: a block that was written twice is not read twice
 * @param until all records have lower numbers
 */
export function scanRecords(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
  before?: Cursor,
  until = Number.POSITIVE_INFINITY,
): ScannedRecords {
  let count = 0;
  let at = start;
  let first: Cursor | undefined;
  let last = before;
  let lastAt = -1;
  for (;;) {
    const next = recordEnd(bytes, at, end);
    if (next < 0) break;
    const place = { term: termAt(bytes, at), seq: seqAt(bytes, at) };
    if (last !== undefined && compareCursors(place, last) <= 0) break;
    if (place.seq >= until) break;
    first ??= place;
    last = place;
    lastAt = at;
    count += 1;
    at = next;
  }
  return { count, first, last: count === 0 ? undefined : last, lastMicros: lastAt < 0 ? 0 : microsAt(bytes, lastAt), end: at };
}

/** The last sound record behind the first unsound one at `start`, found by trying every byte; `undefined` where none comes after `before`. */
export function lastBehindDamage(bytes: Uint8Array, start: number, before: Cursor | undefined): Cursor | undefined {
  let last: Cursor | undefined;
  for (let at = start + 1; at < bytes.length; ) {
    const next = recordEnd(bytes, at, bytes.length);
    if (next < 0) {
      at += 1;
      continue;
    }
    const place = { term: termAt(bytes, at), seq: seqAt(bytes, at) };
    const newest = last ?? before;
    if (newest === undefined || (place.term === newest.term && place.seq > newest.seq)) last = place;
    at = next;
  }
  return last;
}
