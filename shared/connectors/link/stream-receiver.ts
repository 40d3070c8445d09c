import type { Millis } from "../../base/units.ts";
import { type Cursor, compareCursors } from "../../pipeline/cursor.ts";
import type { JournalRecord } from "../../pipeline/journal-record.ts";
import type { StreamBatch, UnexplainedGap } from "../ports.ts";
import type { Append } from "./link-message.ts";
import { type ReceivedRecords, receiveRecords } from "./received-records.ts";

/** What becomes of an append: `taken` into the next batch · `old` it is here already · `astray` something before it is missing · `corrupt` not as it was on disk. */
export type Reception = "taken" | "old" | "astray" | "corrupt";

/** What one stream of a board has brought, kept or about to be. */
export class StreamReceiver {
  readonly id: string;
  /** Kept up to here. */
  cursor: Cursor;
  /** Received up to here; what lies between waits to be kept. */
  tail: Cursor;
  /** When it was asked for, while the answer has not come. */
  askedAt: Millis | undefined;
  tries = 0;
  #waiting: ReceivedRecords[] = [];
  /** Bytes that wait. */
  bytes = 0;

  constructor(id: string, cursor: Cursor) {
    this.id = id;
    this.cursor = cursor;
    this.tail = cursor;
  }

  receive(append: Append): Reception {
    const follows = compareCursors(append.prev, this.tail) === 0;
    if (follows) {
      this.askedAt = undefined;
      this.tries = 0;
    }
    if (compareCursors(append.last, this.tail) <= 0) return "old";
    if (!follows) return "astray";
    const received = receiveRecords(append, this.tail);
    if (received === undefined) return "corrupt";
    this.#waiting.push(received);
    this.bytes += received.frames.length;
    this.tail = append.last;
    return "taken";
  }

  /** All that waits, as one piece; `undefined` when nothing does. */
  take(): StreamBatch | undefined {
    if (this.#waiting.length === 0) return undefined;
    const waiting = this.#waiting;
    const { cursor: prev, tail: cursor, id: stream } = this;
    this.#waiting = [];
    this.bytes = 0;
    const frames: Uint8Array[] = [];
    const records: JournalRecord[] = [];
    const gaps: UnexplainedGap[] = [];
    for (const one of waiting) {
      frames.push(one.frames);
      for (const record of one.records) records.push(record);
      gaps.push(...one.gaps);
    }
    return { stream, prev, cursor, frames, records, gaps };
  }

  /** Forgets what is not kept. */
  rewind(): void {
    this.#waiting = [];
    this.bytes = 0;
    this.tail = this.cursor;
    this.askedAt = undefined;
    this.tries = 0;
  }
}
