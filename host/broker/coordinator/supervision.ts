import { type Millis, millis } from "../../../shared/base/units.ts";

const first = 1000;
const longest = 60_000;
const span = 600_000;
const mostFailures = 5;

/** Says when something that failed is begun anew: after 1, 2, 4, … 60 s; not any more after five failures within ten minutes. */
export class Supervision {
  #times: Millis[] = [];
  #inRow = 0;
  /** Failures in all. */
  failures = 0;

  /** Notes a failure. @returns how long to wait, or `undefined`: it is given up */
  failed(now: Millis): Millis | undefined {
    this.failures++;
    const newest = this.#times[this.#times.length - 1];
    if (newest !== undefined && now - newest > span) this.#inRow = 0;
    this.#times = [...this.#times.filter((time) => now - time < span), now];
    if (this.#times.length >= mostFailures) return undefined;
    return millis(Math.min(longest, first * 2 ** this.#inRow++));
  }

  /** Somebody mended it: it begins with a clean sheet. */
  forgive(): void {
    this.#times = [];
    this.#inRow = 0;
  }
}
