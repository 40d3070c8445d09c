import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { type Instant, instant, type Millis, millis } from "../../shared/base/units.ts";

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Virtual time: stands still until `advance`, so that no test sleeps. */
export class FakeClock implements Clock {
  #monotonic = 0;
  #wallOffset: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param start the wall time at monotonic zero */
  constructor(start: Instant = instant(1_700_000_000_000)) {
    this.#wallOffset = start;
  }

  wall(): Instant {
    return instant(this.#wallOffset + this.#monotonic);
  }

  monotonic(): Millis {
    return millis(this.#monotonic);
  }

  after(delay: Millis, callback: () => void): Disarm {
    const timer: Timer = { due: this.#monotonic + Math.max(0, delay), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Armed timers: a test that ends with some left has a leak. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Sets the wall clock off by `by` without touching monotonic time, as an operator or NTP would. */
  jumpWall(by: Millis): void {
    this.#wallOffset += by;
  }

  /** Lets `span` pass: fires due timers in order, letting promise callbacks run between them. */
  async advance(span: Millis): Promise<void> {
    const end = this.#monotonic + span;
    for (;;) {
      await settle();
      const next = [...this.#timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#monotonic = Math.max(this.#monotonic, next.due);
      next.callback();
    }
    this.#monotonic = end;
    await settle();
  }
}

/** Lets everything that is already resolved run to its end; no time passes. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
