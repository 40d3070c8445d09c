import type { WatchdogDevice } from "../../../firmware/platform/watchdog-device.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

/** A watchdog that notes when it would have reset the machine. */
export class FakeWatchdog implements WatchdogDevice {
  readonly timeout: Millis | undefined;
  unstoppable = false;
  fed = 0;
  released = false;
  /** When it reset the machine. */
  resetAt: Millis | undefined;
  lastFed: Millis;
  /** What feeding it fails with. */
  failure: Error | undefined;
  readonly #clock: Clock;
  readonly #limit: Millis;

  constructor(clock: Clock, timeout: Millis | undefined, limit = timeout ?? millis(60_000)) {
    this.timeout = timeout;
    this.#clock = clock;
    this.#limit = limit;
    this.lastFed = clock.monotonic();
    this.#arm();
  }

  async feed(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.fed += 1;
    this.lastFed = this.#clock.monotonic();
  }

  async release(): Promise<void> {
    this.released = true;
  }

  #arm(): void {
    this.#clock.after(millis(Math.max(1, this.lastFed + this.#limit - this.#clock.monotonic())), () => {
      if (this.released || this.resetAt !== undefined) return;
      if (this.#clock.monotonic() - this.lastFed >= this.#limit) this.resetAt = this.#clock.monotonic();
      else this.#arm();
    });
  }
}
