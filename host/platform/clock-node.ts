import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { type Instant, instant, type Millis, millis } from "../../shared/base/units.ts";

/** setTimeout fires at once when asked to wait longer. */
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
      timer = left > longest ? setTimeout(arm, longest) : setTimeout(callback, Math.max(0, left));
    };
    arm();
    return () => clearTimeout(timer);
  }
}
