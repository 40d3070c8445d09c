import type { Cursor } from "../../shared/pipeline/cursor.ts";
import { decodeGap, encodeGap, GapReason } from "../../shared/pipeline/gap-record.ts";
import {
  claimedLength,
  encodeRecord,
  kindAt,
  microsAt,
  RecordKind,
  readRecord,
  seqAt,
  termAt,
} from "../../shared/pipeline/journal-record.ts";
import { joinBytes } from "../../shared/pipeline/move-records.ts";

/** Records that a reader gets. */
export interface ToldRecords {
  readonly bytes: Uint8Array;
  /** Gap records put in: 0 or 1. */
  readonly added: number;
}

/** Puts a gap record ahead of sound records that do not follow `after`, unless they begin with one that says so. It stands at the last place that is missing. */
export function tellHoleBefore(records: Uint8Array, after: Cursor, why: GapReason): ToldRecords {
  const seq = seqAt(records, 0) - 1;
  if (seq <= after.seq || gapEnd(records, 0, after.seq) > after.seq) return { bytes: records, added: 0 };
  const term = termAt(records, 0);
  const from = { term: after.term === 0 ? term : after.term, seq: after.seq + 1 };
  const payload = encodeGap({ from, to: { term, seq }, why, count: seq - after.seq });
  return {
    bytes: joinBytes([encodeRecord({ term, seq, micros: microsAt(records, 0), kind: RecordKind.gap }, payload), records]),
    added: 1,
  };
}

/**
 * Puts a gap record into sound records of a thinned segment, at the first place that is missing: a reader that came by before the segment was thinned
 * has not seen the segment's own. It tells of all holes behind it.
 */
export function tellThinnedHoles(records: Uint8Array, after: Cursor): ToldRecords {
  let before = after.seq;
  let told = after.seq;
  let insertAt = -1;
  let first = 0;
  let last = 0;
  let count = 0;
  for (let at = 0; at < records.length; at += claimedLength(records, at, records.length)) {
    const seq = seqAt(records, at);
    told = Math.max(told, gapEnd(records, at, before));
    const from = Math.max(before, told) + 1;
    if (seq > from) {
      if (insertAt < 0) {
        insertAt = at;
        first = from;
      }
      last = seq - 1;
      count += seq - from;
    }
    before = seq;
  }
  if (insertAt < 0) return { bytes: records, added: 0 };
  const term = termAt(records, insertAt);
  const payload = encodeGap({ from: { term, seq: first }, to: { term, seq: last }, why: GapReason.thin, count });
  const gap = encodeRecord({ term, seq: first, micros: microsAt(records, insertAt), kind: RecordKind.gap }, payload);
  return { bytes: joinBytes([records.subarray(0, insertAt), gap, records.subarray(insertAt)]), added: 1 };
}

/** How far the gap record at `at` tells, where there is one and it tells from `before` on; else 0. */
function gapEnd(records: Uint8Array, at: number, before: number): number {
  if (kindAt(records, at) !== RecordKind.gap) return 0;
  const gap = decodeGap(readRecord(records, at).payload);
  return gap !== undefined && gap.from.seq <= before + 1 ? gap.to.seq : 0;
}
