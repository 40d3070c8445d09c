import { type Millis, millis } from "../../base/units.ts";

export interface SendWindowRange {
  /** Bytes that may always be on their way. */
  readonly least: number;
  readonly most: number;
}

/** Beside the time that the way takes anyway, data may wait so long in queues on it: what is sent now must not stand behind much that is old. */
const waitMost = millis(4);
/** The shortest time of the last one to two of these spans counts as the time that the way takes. */
const baseSpan = millis(30_000);

/**
 * How many bytes may be on their way without an answer. Grows while answers come promptly and it is what holds the sender back; shrinks when answers
 * take longer than twice the shortest time seen, since then data only waits in queues.
 */
export class SendWindow {
  readonly #range: SendWindowRange;
  #limit: number;
  #used = 0;
  #held = false;
  #base = Number.POSITIVE_INFINITY;
  #baseBefore = Number.POSITIVE_INFINITY;
  #baseUntil = Number.NEGATIVE_INFINITY;

  constructor(range: SendWindowRange) {
    this.#range = range;
    this.#limit = range.least;
  }

  get limit(): number {
    return this.#limit;
  }

  get used(): number {
    return this.#used;
  }

  /** True when `bytes` more may be sent; one message may always, however large. */
  fits(bytes: number): boolean {
    const fits = this.#used === 0 || this.#used + bytes <= this.#limit;
    if (!fits) this.#held = true;
    return fits;
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  /** What was taken is not on its way any more, whatever became of it. */
  release(bytes: number): void {
    this.#used = Math.max(0, this.#used - bytes);
  }

  /** Learns from an answer. @param bytes what it answers @param after how long after sending it came */
  answered(bytes: number, after: Millis, now: Millis): void {
    if (now >= this.#baseUntil) {
      this.#baseBefore = this.#base;
      this.#base = Number.POSITIVE_INFINITY;
      this.#baseUntil = now + baseSpan;
    }
    this.#base = Math.min(this.#base, after);
    const base = Math.min(this.#base, this.#baseBefore);
    if (after > 1.5 * base + waitMost) this.#limit = Math.max(this.#range.least, this.#limit - bytes / 4);
    else if (this.#held) this.#limit = Math.min(this.#range.most, this.#limit + bytes / 4);
    this.#held = false;
  }

  /** Nothing is on its way: the connection is another one. */
  reset(): void {
    this.#used = 0;
    this.#limit = this.#range.least;
    this.#base = Number.POSITIVE_INFINITY;
    this.#baseBefore = Number.POSITIVE_INFINITY;
    this.#baseUntil = Number.NEGATIVE_INFINITY;
  }
}
