import { beginning, type Cursor } from "../../pipeline/cursor.ts";
import type { StreamBatch } from "../ports.ts";
import { linkTimes } from "./link-settings.ts";
import { StreamReceiver } from "./stream-receiver.ts";

/** All streams of a board, as far as they have come. */
export class ReceivedStreams {
  readonly #streams = new Map<string, StreamReceiver>();

  constructor(cursors: ReadonlyMap<string, Cursor>) {
    for (const [id, cursor] of cursors) this.#streams.set(id, new StreamReceiver(id, cursor));
  }

  [Symbol.iterator](): IterableIterator<StreamReceiver> {
    return this.#streams.values();
  }

  /** A stream that is not known begins at its beginning. */
  of(id: string): StreamReceiver {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = new StreamReceiver(id, beginning);
      this.#streams.set(id, stream);
    }
    return stream;
  }

  /** The highest term of a record that is kept. */
  newestTerm(): number {
    let newest = 0;
    for (const { cursor } of this) newest = Math.max(newest, cursor.term);
    return newest;
  }

  /** Bytes that wait to be kept. */
  waitingBytes(): number {
    let bytes = 0;
    for (const stream of this) bytes += stream.bytes;
    return bytes;
  }

  /** All that waits. */
  take(): readonly StreamBatch[] {
    const batches: StreamBatch[] = [];
    for (const stream of this) {
      const batch = stream.take();
      if (batch !== undefined) batches.push(batch);
    }
    return batches;
  }

  kept(batches: readonly StreamBatch[]): void {
    for (const { stream, cursor } of batches) this.of(stream).cursor = cursor;
  }

  /** Forgets what is not kept. */
  rewind(): void {
    for (const stream of this) stream.rewind();
  }

  /** When the first stream that was asked for, and did not come, is to be asked for again. */
  nextDue(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const { askedAt } of this) if (askedAt !== undefined) due = Math.min(due, askedAt + linkTimes.answer);
    return due;
  }
}
