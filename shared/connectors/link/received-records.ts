import { beginning, type Cursor, compareCursors } from "../../pipeline/cursor.ts";
import { decodeGap } from "../../pipeline/gap-record.ts";
import { type JournalRecord, RecordKind, readRecord, recordEnd } from "../../pipeline/journal-record.ts";
import type { UnexplainedGap } from "../ports.ts";
import type { Append } from "./link-message.ts";

/** Of so many holes each is told of; more become one. */
const mostGaps = 64;

/** The records of an append that are new to the receiver. */
export interface ReceivedRecords {
  /** The new records back to back. */
  readonly frames: Uint8Array;
  readonly records: readonly JournalRecord[];
  readonly gaps: readonly UnexplainedGap[];
}

/**
 * Reads the records of an append behind `tail`: each whole, sound, and after the one before it; the last of them where the append says.
 * @returns `undefined` when the bytes are not what the board read from its disk
 */
export function receiveRecords(append: Append, tail: Cursor): ReceivedRecords | undefined {
  const { records: bytes } = append;
  const records: JournalRecord[] = [];
  const gaps: UnexplainedGap[] = [];
  let before = append.prev;
  let skipped = 0;
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    const next = recordEnd(bytes, at, bytes.length);
    if (next < 0) return undefined;
    const record = readRecord(bytes, at);
    if (compareCursors(record, before) <= 0) return undefined;
    if (compareCursors(record, tail) <= 0) skipped = next;
    else {
      const last = records[records.length - 1] ?? tail;
      if (record.seq > last.seq + 1 && !isExplained(last, record)) gaps.push(gapBetween(last, record));
      records.push(record);
    }
    before = record;
    at = next;
  }
  if (count !== append.count || compareCursors(before, append.last) !== 0) return undefined;
  return { frames: skipped === 0 ? bytes : bytes.subarray(skipped), records, gaps: fewGaps(gaps) };
}

/** True when the record behind a hole is the board's own word on it: a gap record stands at the last place that is missing. */
function isExplained(last: Cursor, record: JournalRecord): boolean {
  const gap = record.kind === RecordKind.gap ? decodeGap(record.payload) : undefined;
  return gap !== undefined && gap.from.seq <= last.seq + 1 && gap.to.seq >= record.seq - 1;
}

/** Sequence numbers run on over all terms, so that a jump is a loss, whatever the terms. */
function gapBetween(last: Cursor, next: Cursor): UnexplainedGap {
  const term = compareCursors(last, beginning) === 0 ? next.term : last.term;
  return { from: { term, seq: last.seq + 1 }, to: { term: next.term, seq: next.seq - 1 }, count: next.seq - last.seq - 1 };
}

function fewGaps(gaps: readonly UnexplainedGap[]): readonly UnexplainedGap[] {
  const first = gaps[0];
  const last = gaps[gaps.length - 1];
  if (first === undefined || last === undefined || gaps.length <= mostGaps) return gaps;
  return [{ from: first.from, to: last.to, count: gaps.reduce((sum, gap) => sum + gap.count, 0) }];
}
