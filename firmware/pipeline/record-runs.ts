import type { Cursor } from "../../shared/pipeline/cursor.ts";
import { claimedLength, kindAt, microsAt, RecordKind, seqAt, termAt } from "../../shared/pipeline/journal-record.ts";

/** Sound records, back to back, that go into one segment. */
export interface RecordRun {
  readonly bytes: Uint8Array;
  /** They begin the segment. */
  readonly begins: boolean;
  readonly first: Cursor;
  readonly last: Cursor;
  readonly count: number;
  /** When the last of them was, microseconds since 1970. */
  readonly newest: number;
}

/** Cuts sound records before each term record. */
export function* recordRuns(bytes: Uint8Array): Generator<RecordRun> {
  let start = 0;
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const next = at + claimedLength(bytes, at, bytes.length);
    count += 1;
    if (next >= bytes.length || kindAt(bytes, next) === RecordKind.term) {
      yield {
        bytes: bytes.subarray(start, next),
        begins: kindAt(bytes, start) === RecordKind.term,
        first: { term: termAt(bytes, start), seq: seqAt(bytes, start) },
        last: { term: termAt(bytes, at), seq: seqAt(bytes, at) },
        count,
        newest: microsAt(bytes, at),
      };
      start = next;
      count = 0;
    }
    at = next;
  }
}
