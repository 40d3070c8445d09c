import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

/** "No deadline", as a point in monotonic time. */
export const never = millis(Number.POSITIVE_INFINITY);

/**
 * One armed timer for any number of deadlines. Deadlines that are met need not be taken back: when the timer goes off, `onDue` deals with
 * what is due and names the next deadline. So a request costs a comparison, not a timer.
 */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #onDue: (now: Millis) => Millis;
  #armedFor = never;
  #disarm: Disarm | undefined;

  /** @param onDue gives the earliest deadline that is left, `never` when none is */
  constructor(clock: Clock, onDue: (now: Millis) => Millis) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Goes off at `deadline` or before. */
  cover(deadline: Millis): void {
    if (deadline >= this.#armedFor) return;
    this.disarm();
    this.#armedFor = deadline;
    this.#disarm = this.#clock.after(millis(Math.max(0, deadline - this.#clock.monotonic())), () => {
      this.#armedFor = never;
      this.#disarm = undefined;
      this.cover(this.#onDue(this.#clock.monotonic()));
    });
  }

  disarm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = never;
  }
}
