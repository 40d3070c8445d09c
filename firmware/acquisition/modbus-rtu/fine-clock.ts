import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { type Instant, type Millis, millis } from "../../../shared/base/units.ts";

/** Longer waits are left to the clock underneath. */
const fineUpTo = millis(50);
/**
 * The rest of a wait that is spent turn by turn of the event loop, since timers count whole milliseconds; other work goes on between turns.
 * At 115200 baud it costs about a twentieth of a processor while the line is full, and gains as much of the line.
 */
const spun = millis(0.8);

/**
 * A clock whose short waits end close to the time, as the silences of a serial line want it: a timer for the whole milliseconds, and turns of the
 * event loop for the rest where that is less than a millisecond. It is never early.
 */
export class FineClock implements Clock {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wall(): Instant {
    return this.#clock.wall();
  }

  monotonic(): Millis {
    return this.#clock.monotonic();
  }

  after(delay: Millis, callback: () => void): Disarm {
    if (delay > fineUpTo) return this.#clock.after(delay, callback);
    const due = this.#clock.monotonic() + delay;
    let timer: NodeJS.Timeout | undefined;
    let turn: NodeJS.Immediate | undefined;
    const step = (): void => {
      const left = due - this.#clock.monotonic();
      if (left <= 0) callback();
      else if (left <= spun) turn = setImmediate(step);
      else timer = setTimeout(step, Math.max(1, Math.ceil(left - spun)));
    };
    // Never at once, however late it is by now: the caller does not have the way to disarm it yet.
    if (delay > spun) timer = setTimeout(step, Math.max(1, Math.ceil(delay - spun)));
    else turn = setImmediate(step);
    return () => {
      clearTimeout(timer);
      clearImmediate(turn);
    };
  }
}
