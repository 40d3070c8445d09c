import { decodeGap, encodeGap } from "./gap-record.ts";
import { claimedLength, encodeRecord, kindAt, RecordKind, readRecord, restampRecord, seqAt, termAt } from "./journal-record.ts";

/** Where records go. */
export interface RecordMove {
  /** Default: they stay in their own. */
  readonly term?: number;
  /** Places on; default 0. */
  readonly shift?: number;
  /** Records at these places are left out, and those behind close up. */
  readonly without?: ReadonlySet<number>;
}

/** Gives sound records, back to back, other places: times, payloads and the holes between them stay, and gaps tell of the moved places. */
export function moveRecords(bytes: Uint8Array, { term, shift = 0, without }: RecordMove): Uint8Array {
  const parts: Uint8Array[] = [];
  let by = shift;
  for (let at = 0; at < bytes.length; ) {
    const next = at + claimedLength(bytes, at, bytes.length);
    const seq = seqAt(bytes, at);
    if (without?.has(seq) === true) by -= 1;
    else if (kindAt(bytes, at) === RecordKind.gap) parts.push(movedGap(bytes, at, term, by));
    else {
      const record = bytes.slice(at, next);
      restampRecord(record, 0, term ?? termAt(bytes, at), seq + by);
      parts.push(record);
    }
    at = next;
  }
  return joinBytes(parts);
}

function movedGap(bytes: Uint8Array, at: number, term: number | undefined, by: number): Uint8Array {
  const record = readRecord(bytes, at);
  const gap = decodeGap(record.payload);
  const head = { ...record, term: term ?? record.term, seq: record.seq + by };
  if (gap === undefined) return encodeRecord(head, record.payload);
  const from = { term: term ?? gap.from.term, seq: gap.from.seq + by };
  const to = { term: term ?? gap.to.term, seq: gap.to.seq + by };
  return encodeRecord(head, encodeGap({ ...gap, from, to }));
}

/** All parts, back to back. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
