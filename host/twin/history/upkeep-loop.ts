import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { millis } from "../../../shared/base/units.ts";
import { minute } from "./history-time.ts";

const period = millis(minute);

export interface UpkeepLoopParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly round: (stop: StopSignal) => Promise<void>;
}

/** A round of upkeep a minute after the one before has ended. A round that fails is told of once, until one succeeds again. */
export class UpkeepLoop {
  readonly #parts: UpkeepLoopParts;
  readonly #stop = new AbortController();
  #disarm: Disarm = () => {};
  #running: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(parts: UpkeepLoopParts) {
    this.#parts = parts;
    this.#arm();
  }

  /** Ends the round under way, if any, at its next batch. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#disarm();
    await this.#running;
  }

  #arm(): void {
    if (this.#stop.signal.aborted) return;
    this.#disarm = this.#parts.clock.after(period, () => {
      this.#running = this.#round().then(() => this.#arm());
    });
  }

  async #round(): Promise<void> {
    const { log, round } = this.#parts;
    try {
      await round(this.#stop.signal);
      this.#failing = false;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (!this.#failing) log.warn({ error }, "history: upkeep failed, tries again every minute");
      this.#failing = true;
    }
  }
}
