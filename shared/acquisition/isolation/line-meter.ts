import { type Millis, millis } from "../../base/units.ts";

/** Utilisation is judged over windows of this length. */
const windowLength = 5000;

/**
 * Tells what exchanges take from a line that serves one after the other, from the outside: when they were asked for and when they ended.
 *
 * An exchange that waited in the line's queue had the line only since the one before it ended. Where a line has several exchanges under way at
 * once, the result is the line's time divided among them.
 */
export class LineMeter {
  #underWay = 0;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #busy = 0;
  #windowStart: number | undefined;
  #windowBusy = 0;
  #utilisation = 0;

  /** Time the line was in use, since the start. */
  get busy(): Millis {
    return millis(this.#busy);
  }

  /** Share of the last five seconds in which the line was in use, 0 to 1. */
  get utilisation(): number {
    return this.#utilisation;
  }

  /** An exchange is asked for. @returns the silence before it: 0 when it has to queue, infinite for the first one */
  begin(now: Millis): Millis {
    this.#underWay += 1;
    return millis(this.#underWay > 1 ? 0 : Math.max(0, now - this.#lastEnd));
  }

  /** An exchange came to nothing before it had the line. */
  drop(): void {
    this.#underWay -= 1;
  }

  /** An exchange ended. @param asked when it was asked for @returns how long it had the line */
  end(asked: Millis, now: Millis): Millis {
    this.#underWay -= 1;
    const taken = Math.max(0, now - Math.max(asked, this.#lastEnd));
    this.#lastEnd = now;
    this.#busy += taken;
    this.#windowStart ??= asked;
    this.#windowBusy += taken;
    const passed = now - this.#windowStart;
    if (passed >= windowLength) {
      this.#utilisation = Math.min(1, this.#windowBusy / passed);
      this.#windowStart = now;
      this.#windowBusy = 0;
    }
    return millis(taken);
  }
}
