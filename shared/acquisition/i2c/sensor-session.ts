import { type BackoffRange, backoffDelay } from "../../base/backoff.ts";
import type { Clock } from "../../base/clock.ts";
import { Stopped, type StopSignal, throwIfStopped } from "../../base/stop-signal.ts";
import { type Millis, millis } from "../../base/units.ts";
import { ChipReset, ReplyGarbled } from "./chip-errors.ts";
import { BusBusy, BusDown, BusStuck, TransferFailed } from "./i2c-errors.ts";
import type { Reading, SensorDriver } from "./sensor-driver.ts";

export interface SensorSessionParts {
  readonly driver: SensorDriver;
  readonly clock: Clock;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/** After a second failure in a row a chip is asked less often: one that is away costs its bus next to nothing, and is soon seen when it comes. */
const absence: BackoffRange = { initial: millis(1000), max: millis(30_000) };

/** Errors that say nothing of the chip: the bus refuses by itself, at no cost, and knows when to try again. */
const isOfBus = (error: unknown): boolean => error instanceof BusDown || error instanceof BusStuck || error instanceof BusBusy;

/** Errors that may be over with the next try. */
const isPassing = (error: unknown): boolean =>
  error instanceof ReplyGarbled || error instanceof TransferFailed || error instanceof ChipReset;

/**
 * One chip through its comings and goings: one sample at a time, set up before the first and again after every failure, because a chip
 * that was away comes back with other settings and perhaps as another one; asked less often while it is away.
 */
export class SensorSession {
  readonly #parts: SensorSessionParts;
  #turn: Promise<void> = Promise.resolve();
  #ready = false;
  #failures = 0;
  #retryAt: Millis | undefined;
  #reason: unknown;
  /** How often the chip was set up. */
  setups = 0;

  constructor(parts: SensorSessionParts) {
    this.#parts = parts;
  }

  /** Begins afresh, after something nobody foresaw: waits for nothing that is under way. */
  reset(): void {
    this.#turn = Promise.resolve();
    this.#ready = false;
    this.#failures = 0;
    this.#retryAt = undefined;
  }

  /** Measures once, or says again what was wrong last while it is too early for another try. @throws as {@link SensorDriver} does · {Stopped} */
  async sample(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    const before = this.#turn;
    let done = (): void => {};
    this.#turn = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    try {
      throwIfStopped(stop);
      return await this.#attempt(wanted, stop);
    } finally {
      done();
    }
  }

  async #attempt(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    const { clock, random } = this.#parts;
    if (this.#retryAt !== undefined && clock.monotonic() < this.#retryAt) throw this.#reason;
    try {
      const readings = await this.#twice(wanted, stop);
      this.#failures = 0;
      this.#retryAt = undefined;
      return readings;
    } catch (error) {
      this.#ready = false;
      if (!(error instanceof Stopped) && !isOfBus(error)) {
        this.#failures++;
        this.#reason = error;
        if (this.#failures > 1) this.#retryAt = millis(clock.monotonic() + backoffDelay(absence, this.#failures - 1, random));
      }
      throw error;
    }
  }

  /** A passing fault has one more chance at once: it is too short to be worth a missed value. */
  async #twice(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    try {
      return await this.#once(wanted, stop);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#ready = false;
      return this.#once(wanted, stop);
    }
  }

  async #once(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    const { driver } = this.#parts;
    if (!this.#ready) {
      this.setups++;
      await driver.open(stop);
      this.#ready = true;
    }
    return driver.sample(wanted, stop);
  }
}
