import { type Millis, millis } from "../../base/units.ts";

/** Lets so many records a second through; what was not used in the last second is lost. */
export class TokenBucket {
  readonly #rate: number;
  #tokens: number;
  #at: Millis;

  /** @param rate a second; `undefined` for no bound */
  constructor(rate: number | undefined, now: Millis) {
    this.#rate = rate ?? Number.POSITIVE_INFINITY;
    this.#tokens = this.#rate;
    this.#at = now;
  }

  /** How many may go now. */
  available(now: Millis): number {
    if (this.#rate === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const earned = Math.max(0, now - this.#at) * (this.#rate / 1000);
    this.#at = now;
    this.#tokens = Math.max(this.#tokens, Math.min(this.#rate, this.#tokens + earned));
    return Math.floor(this.#tokens);
  }

  take(count: number): void {
    this.#tokens -= count;
  }

  /** Gives back what was not used, or lets so many through besides the rate. */
  give(count: number): void {
    this.#tokens += count;
  }

  /** How long until `count` may go, as many as the bound ever lets through at once. */
  wait(count: number, now: Millis): Millis {
    const missing = Math.min(count, this.#rate) - this.available(now);
    return millis(missing <= 0 ? 0 : (missing * 1000) / this.#rate);
  }
}
