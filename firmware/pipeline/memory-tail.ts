import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";

/** Records that were just written. */
export interface TailRun {
  /** The newest durable place before them. */
  readonly prev: Cursor;
  readonly last: Cursor;
  readonly bytes: Uint8Array;
}

/** The newest durable records of a stream in memory, so that a reader who keeps up never has the disk read. */
export class MemoryTail {
  readonly #most: number;
  #runs: TailRun[] = [];
  #bytes = 0;

  /** @param most bytes kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Keeps a copy of what was written. */
  add(run: TailRun): void {
    if (run.bytes.length > this.#most) {
      this.clear();
      return;
    }
    this.#runs.push({ ...run, bytes: run.bytes.slice() });
    this.#bytes += run.bytes.length;
    while (this.#bytes > this.#most) this.#bytes -= this.#runs.shift()?.bytes.length ?? 0;
  }

  /** The run that holds the record behind `after`; `undefined` when that has to be read from disk. */
  behind(after: Cursor): TailRun | undefined {
    const oldest = this.#runs[0];
    if (oldest === undefined || compareCursors(after, oldest.prev) < 0) return undefined;
    return this.#runs.find(({ last }) => compareCursors(after, last) < 0);
  }

  clear(): void {
    this.#runs = [];
    this.#bytes = 0;
  }
}
