import { type Millis, millis } from "./units.ts";

/** Lets at most so many things happen in any span of time. Exact: it remembers when each of them happened, and no more than that. */
export class RateWindow {
  readonly #limit: number;
  readonly #span: Millis;
  /** A ring, made with the first thing that happens: most windows never see one. */
  #times: Float64Array | undefined;
  #next = 0;

  /** @param limit 1 or more; 8 bytes each */
  constructor(limit: number, span: Millis) {
    this.#limit = limit;
    this.#span = span;
  }

  /** How long until one more may happen; 0 when it may now. @param now monotonic */
  wait(now: Millis): Millis {
    const times = this.#times;
    if (times === undefined) return millis(0);
    const newest = times[(this.#next + this.#limit - 1) % this.#limit] ?? Number.NEGATIVE_INFINITY;
    const oldest = times[this.#next] ?? Number.NEGATIVE_INFINITY;
    // A clock that went back says nothing about when these things happened: waiting for it to catch up could take years.
    return millis(newest > now ? 0 : Math.max(0, oldest + this.#span - now));
  }

  /** Counts one, if it may happen now. @returns whether it may */
  take(now: Millis): boolean {
    if (this.wait(now) > 0) return false;
    this.#times ??= new Float64Array(this.#limit).fill(Number.NEGATIVE_INFINITY);
    const newest = this.#times[(this.#next + this.#limit - 1) % this.#limit] ?? now;
    if (newest > now) this.#times.fill(Number.NEGATIVE_INFINITY);
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#limit;
    return true;
  }
}
