import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { type Instant, instant, type Millis, millis } from "../../shared/base/units.ts";

/** setTimeout takes 31 bits; longer waits are cut into such pieces. */
const longest = 2_147_483_647;

/** Time by Node: `Date.now` and `performance.now`. */
export class NodeClock implements Clock {
  wall(): Instant {
    return instant(Date.now());
  }

  monotonic(): Millis {
    return millis(performance.now());
  }

  after(delay: Millis, callback: () => void): Disarm {
    const due = performance.now() + delay;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - performance.now();
      // Node counts whole milliseconds and may fire up to one early: without the one more, nearly every wake would find nothing due and come twice.
      timer = left > longest ? setTimeout(arm, longest) : setTimeout(callback, left > 0 ? Math.ceil(left) + 1 : 0);
    };
    arm();
    return () => clearTimeout(timer);
  }
}
