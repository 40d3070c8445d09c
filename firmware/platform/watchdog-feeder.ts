import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric } from "../../shared/base/metric.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";

/** Says whether the board does its work. Always comes back. */
export type Alive = (stop: StopSignal) => Promise<boolean>;

export interface WatchdogFeederParts {
  /** Who is fed, for log and metrics. */
  readonly name: string;
  readonly interval: Millis;
  readonly alive: Alive;
  readonly feed: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** `hungry` the board did not prove alive · `failing` it did, and yet could not feed. */
export type FeederState = "fed" | "hungry" | "failing";

/** Feeds a watchdog once in an interval, each time only after the board proved alive. */
export class WatchdogFeeder {
  state: FeederState = "fed";
  /** Why it is `failing`. */
  reason = "";
  readonly #parts: WatchdogFeederParts;
  readonly #stop = new AbortController();
  #disarm: Disarm = () => undefined;
  #round: Promise<void> = Promise.resolve();
  #fed = 0;
  #withheld = 0;
  #failed = 0;

  constructor(parts: WatchdogFeederParts) {
    this.#parts = parts;
    this.#begin();
  }

  /** Feeds no more; resolves when the round under way is over. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#disarm();
    await this.#round;
  }

  metrics(): readonly Metric[] {
    const { name } = this.#parts;
    const of = (result: string, value: number) => ({ labels: { watchdog: name, result }, value });
    return [
      {
        name: "penstock_watchdog_rounds_total",
        help: "Rounds of a watchdog: fed, withheld because the board did not prove alive, or failed though it did",
        type: "counter",
        values: [of("fed", this.#fed), of("withheld", this.#withheld), of("failed", this.#failed)],
      },
    ];
  }

  #begin(): void {
    const { clock, interval } = this.#parts;
    const begun = clock.monotonic();
    this.#round = this.#once().then(() => {
      if (this.#stop.signal.aborted) return;
      this.#disarm = clock.after(millis(Math.max(0, interval - (clock.monotonic() - begun))), () => this.#begin());
    });
  }

  async #once(): Promise<void> {
    const { alive, feed } = this.#parts;
    const proven = await alive(this.#stop.signal).catch(() => false);
    if (this.#stop.signal.aborted) return;
    if (!proven) {
      this.#withheld += 1;
      this.#become("hungry");
      return;
    }
    try {
      await feed();
      this.#fed += 1;
      this.#become("fed");
    } catch (error) {
      this.#failed += 1;
      this.#become("failing", error);
    }
  }

  #become(state: FeederState, error?: unknown): void {
    const { log, name } = this.#parts;
    if (error !== undefined) this.reason = codeAndReason(error).reason;
    if (state === this.state) return;
    this.state = state;
    const fields = { watchdog: name };
    if (state === "fed") log.info(fields, "the watchdog is fed again");
    else if (state === "hungry") log.error(fields, "the board does not prove alive; the watchdog is not fed and will start it anew");
    else log.error({ ...fields, err: error }, "the watchdog cannot be fed");
  }
}
