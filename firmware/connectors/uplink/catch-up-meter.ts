import type { Clock } from "../../../shared/base/clock.ts";

const span = 5000;

/** How fast a count rises, over the last five to ten seconds. */
export class CatchUpMeter {
  readonly #clock: Clock;
  #before = { at: 0, count: 0 };
  #now = { at: 0, count: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#before = { at: clock.monotonic(), count: 0 };
    this.#now = this.#before;
  }

  /** A second. */
  rate(count: number): number {
    const at = this.#clock.monotonic();
    if (at - this.#now.at >= span) {
      this.#before = at - this.#now.at >= 2 * span ? { at: at - span, count: this.#now.count } : this.#now;
      this.#now = { at, count };
    }
    const passed = at - this.#before.at;
    return passed <= 0 ? 0 : Math.max(0, ((count - this.#before.count) * 1000) / passed);
  }
}
