import { Stopped, type StopSignal } from "./stop-signal.ts";
import type { Instant, Millis } from "./units.ts";

/** Calling it disarms a timer; calling it again does nothing. */
export type Disarm = () => void;

/** Time as the core sees it. Nothing else in the core knows what time it is. */
export interface Clock {
  /** Wall time: for timestamps and calendars only, since it may jump. */
  wall(): Instant;
  /** Time since an arbitrary start; never jumps, never goes back. */
  monotonic(): Millis;
  /** Runs `callback` once, `delay` from now by the monotonic clock. */
  after(delay: Millis, callback: () => void): Disarm;
}

/** Waits `delay` by the monotonic clock. @throws {Stopped} when `stop` fires first */
export function sleep(clock: Clock, delay: Millis, stop: StopSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stop.aborted) {
      reject(new Stopped());
      return;
    }
    const onStop = (): void => {
      disarm();
      reject(new Stopped());
    };
    const disarm = clock.after(delay, () => {
      stop.removeEventListener("abort", onStop);
      resolve();
    });
    stop.addEventListener("abort", onStop);
  });
}
