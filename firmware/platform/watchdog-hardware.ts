import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { HealthPart, HealthSource } from "../../shared/console/health-part.ts";
import type { OpenWatchdog, WatchdogDevice } from "./watchdog-device.ts";
import { type Alive, WatchdogFeeder } from "./watchdog-feeder.ts";

export interface HardwareWatchdogParts {
  /** Path. */
  readonly device: string;
  /** `undefined`: a third of the device's own time limit. */
  readonly interval: Millis | undefined;
  readonly alive: Alive;
  readonly open: OpenWatchdog;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a driver that does not tell is taken to bear: shorter than any it is likely to have. */
const cautiousTimeout = millis(10_000);
/** A device that cannot be opened is tried again this often. */
const retryInterval = millis(30_000);

/**
 * The watchdog of the machine. A device that is missing or taken is told of in log and health, and tried again: the board works on without it.
 * An orderly close lets it go, a crash does not.
 */
export class HardwareWatchdog implements HealthSource, MetricSource, AsyncDisposable {
  readonly #parts: HardwareWatchdogParts;
  #device: WatchdogDevice | undefined;
  #feeder: WatchdogFeeder | undefined;
  #trouble = "";
  #opening: Promise<void> = Promise.resolve();
  #disarm: Disarm = () => undefined;
  #closed: Promise<void> | undefined;

  private constructor(parts: HardwareWatchdogParts) {
    this.#parts = parts;
  }

  /** Opens the device, if it can, and feeds it from then on. Never rejects for want of a device. */
  static async open(parts: HardwareWatchdogParts): Promise<HardwareWatchdog> {
    const watchdog = new HardwareWatchdog(parts);
    await watchdog.#open();
    return watchdog;
  }

  health(): readonly HealthPart[] {
    const name = "watchdog";
    if (this.#feeder === undefined) return [{ name, state: "degraded", detail: this.#trouble }];
    switch (this.#feeder.state) {
      case "fed":
        return [{ name, state: "ok", detail: this.#parts.device }];
      case "hungry":
        return [{ name, state: "failing", detail: "not fed, since the board does not prove alive" }];
      case "failing":
        return [{ name, state: "degraded", detail: this.#feeder.reason }];
    }
  }

  metrics(): readonly Metric[] {
    const armed: Metric = {
      name: "penstock_watchdog_armed",
      help: "1 while a hardware watchdog would reset the board",
      type: "gauge",
      values: [{ labels: {}, value: this.#device === undefined ? 0 : 1 }],
    };
    return [armed, ...(this.#feeder?.metrics() ?? [])];
  }

  /** Feeds no more and lets the device go, so that the stop is no reset. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(): Promise<void> {
    const { alive, clock, device: path, log, open } = this.#parts;
    try {
      this.#device = await open(path);
    } catch (error) {
      const { reason } = codeAndReason(error);
      if (reason !== this.#trouble) log.error({ device: path, err: error }, "there is no watchdog to start the board anew should it hang");
      this.#trouble = reason;
      this.#disarm = clock.after(retryInterval, () => {
        if (this.#closed === undefined) this.#opening = this.#open();
      });
      return;
    }
    const device = this.#device;
    const interval = this.#intervalFor(device);
    log.info({ device: path, timeout: device.timeout, interval }, "the watchdog is fed from now on");
    if (device.unstoppable) log.warn({ device: path }, "this watchdog cannot be let go: a stop of the board will reset the machine");
    this.#feeder = new WatchdogFeeder({ name: "hardware", interval, alive, feed: () => device.feed(), clock, log });
  }

  /** At most half of the time limit: one round that is missed must not be the end. */
  #intervalFor({ timeout = cautiousTimeout }: WatchdogDevice): Millis {
    const { device, interval = millis(Math.floor(timeout / 3)), log } = this.#parts;
    if (interval <= timeout / 2) return interval;
    log.warn({ device, interval, timeout }, "the watchdog's interval is too long for its time limit; half of that is taken");
    return millis(Math.floor(timeout / 2));
  }

  async #close(): Promise<void> {
    this.#disarm();
    await this.#opening;
    this.#disarm();
    await this.#feeder?.close();
    const device = this.#device;
    this.#device = undefined;
    await device?.release();
  }
}
