import { type BackoffRange, backoffDelay } from "../../shared/base/backoff.ts";
import { type Millis, millis } from "../../shared/base/units.ts";

const backoff: BackoffRange = { initial: millis(1000), max: millis(60_000) };
/** So many ends within the span are a failure that somebody must look at. */
const tooMany = 5;
const span = millis(600_000);

/** Remembers when a process ended: how long to wait before the next start, and whether it has failed. It is started again all the same, every minute. */
export class BoardFailures {
  readonly #random: () => number;
  #ends: Millis[] = [];
  /** Ends in a row with little time between them. */
  #attempt = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The process ended at `now` after it had run for `ran`, both monotonic. @returns the wait before it is started again */
  ended(now: Millis, ran: Millis): Millis {
    if (ran >= backoff.max) this.#attempt = 0;
    this.#attempt++;
    this.#ends = [...this.#ends.filter((at) => now - at < span), now].slice(-tooMany);
    return this.failed(now) ? backoff.max : backoffDelay(backoff, this.#attempt, this.#random);
  }

  /** Five ends within ten minutes. */
  failed(now: Millis): boolean {
    return this.#ends.length === tooMany && this.#ends.every((at) => now - at < span);
  }
}
