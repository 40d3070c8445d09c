import type { Clock } from "../../base/clock.ts";
import type { StopSignal } from "../../base/stop-signal.ts";
import type { I2cBus } from "../ports.ts";

/** The chip answered, but what it says is no value. */
export interface NoValue {
  /** One sentence. */
  readonly noValue: string;
}

/** What one quantity came to, in the unit of the driver. Integers beyond ±(2^53−1) are `bigint`. */
export type Reading = number | bigint | NoValue;

/** True when the chip had nothing to say. */
export const isNoValue = (reading: Reading): reading is NoValue => typeof reading === "object";

/** Where a driver finds its chip. */
export interface ChipPlace {
  readonly bus: I2cBus;
  /** 7-bit address. */
  readonly address: number;
  readonly clock: Clock;
}

/**
 * Speaks to one kind of chip. Knows nothing of schedules, retries and quality: it either measures or throws.
 * Calls must not overlap.
 */
export interface SensorDriver {
  /** What can be asked for. */
  readonly quantities: readonly string[];
  /**
   * Makes sure that it is the right chip and sets it up; before the first sample, and again whenever the chip may have been away.
   * @throws {ChipUnexpected} {ChipHangs} and what the port {@link I2cBus} throws
   */
  open(stop: StopSignal): Promise<void>;
  /**
   * Measures once. Gives a reading for each wanted quantity that it knows.
   * @throws {ChipReset} it has to be opened again · {ReplyGarbled} {ChipHangs} and what the port {@link I2cBus} throws
   */
  sample(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>>;
}
