/** A place in a stream of the journal: records are ordered by term, then by sequence number. The pair names a record for ever. */
export interface Cursor {
  /** Log generation: one more at every start of the board. 0 in the cursor before everything. */
  readonly term: number;
  /** One more with each record, over all terms. */
  readonly seq: number;
}

/** Before every record. */
export const beginning: Cursor = Object.freeze({ term: 0, seq: 0 });

/** Negative when `a` lies before `b`, 0 when they are the same place. */
export function compareCursors(a: Cursor, b: Cursor): number {
  return a.term - b.term || a.seq - b.seq;
}
