import type { Clock } from "../../shared/base/clock.ts";
import { type Instant, instant } from "../../shared/base/units.ts";

/** A clock that was set ahead is believed when it has stood so for this long. */
const doubt = 86_400_000;
/** Two settings of a clock that are no further apart than this are one. */
const alike = 60_000;

/**
 * Wall time for what is removed by its age: a clock that is set back is believed at once, one that is set ahead only when it has stood so for a day. Else a
 * jump would make everything old.
 */
export class BelievedWall {
  readonly #clock: Clock;
  /** Wall time less monotonic time, as believed and as seen. */
  #believed: number;
  #seen: number;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#believed = clock.wall() - clock.monotonic();
    this.#seen = this.#believed;
    this.#since = clock.monotonic();
  }

  /** To be asked now and then: what happens between two calls is not seen. */
  now(): Instant {
    const now = this.#clock.monotonic();
    const offset = this.#clock.wall() - now;
    if (Math.abs(offset - this.#seen) > alike) {
      this.#seen = offset;
      this.#since = now;
    }
    if (offset <= this.#believed || now - this.#since >= doubt) this.#believed = offset;
    return instant(now + this.#believed);
  }
}
