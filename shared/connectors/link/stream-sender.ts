import type { Instant, Millis } from "../../base/units.ts";
import { beginning, type Cursor, compareCursors } from "../../pipeline/cursor.ts";

/** An append that is on its way. */
export interface Flight {
  readonly last: Cursor;
  readonly count: number;
  readonly bytes: number;
  readonly sentAt: Millis;
  /** Time of its first record. */
  readonly oldest: Instant;
}

/** How far one stream is sent, within one session. */
export class StreamSender {
  readonly id: string;
  /** False until the gateway says from where. */
  pulled = false;
  /** Most records and bytes that the gateway takes in one append. */
  records = 0;
  bytes = 0;
  /** Sent up to here. */
  position: Cursor = beginning;
  /** Kept by the gateway up to here, as far as is known. */
  acked: Cursor = beginning;
  /** A pull waits for its answer, even if that is empty. */
  asked = false;
  /** There may be records on disk behind `position`. */
  more = false;
  /** Records on disk wait for more than one append: the newest value is far behind. */
  behind = true;
  /** Number of the read that is under way; 0 when none is. */
  ticket = 0;
  /** What that read keeps of the window. */
  reserved = 0;
  /** How often in a row nothing was answered in time. */
  retries = 0;
  readonly flights: Flight[] = [];

  constructor(id: string) {
    this.id = id;
  }

  /** Takes up sending behind `cursor`. @returns the bytes that are not on their way any more, and how many appends that were */
  seek(cursor: Cursor): { readonly bytes: number; readonly appends: number } {
    const appends = this.flights.length;
    const bytes = this.flights.reduce((sum, flight) => sum + flight.bytes, this.reserved);
    this.flights.length = 0;
    this.ticket = 0;
    this.reserved = 0;
    this.position = cursor;
    this.more = true;
    return { bytes, appends };
  }

  /** Takes note of what the gateway has. @returns the flights that this ends, oldest first */
  acknowledge(cursor: Cursor): readonly Flight[] {
    if (compareCursors(cursor, this.acked) > 0) {
      this.acked = cursor;
      this.retries = 0;
    }
    const open = this.flights.findIndex((flight) => compareCursors(flight.last, cursor) > 0);
    return this.flights.splice(0, open === -1 ? this.flights.length : open);
  }
}
