import { hexAddress } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import type { Reading } from "../../../shared/acquisition/i2c/sensor-driver.ts";
import type { SensorSession } from "../../../shared/acquisition/i2c/sensor-session.ts";
import type { SampleSink } from "../../../shared/acquisition/ports.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import { Stopped, type StopSignal } from "../../../shared/base/stop-signal.ts";
import type { Instant, Millis } from "../../../shared/base/units.ts";
import type { DeviceState } from "../device-state.ts";
import type { WatchedPoll } from "../poll-watch.ts";
import type { LiveSensorPoint } from "./live-sensor-point.ts";

export interface SensorPollerParts {
  readonly state: DeviceState;
  /** The points of the sensor that share one schedule. */
  readonly points: readonly LiveSensorPoint[];
  /** Period of the schedule; `undefined` when it has none: then missed runs are counted instead of time. */
  readonly period: Millis | undefined;
  /** Shared by all pollers of the sensor. */
  readonly session: SensorSession;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly log: Log;
}

/** Polls the points of one sensor that share a schedule, each value with what its measurement is worth. */
export class SensorPoller implements WatchedPoll {
  /** No run comes before its turn: the session knows when a chip is worth asking. */
  readonly againAt = Number.POSITIVE_INFINITY;
  readonly #parts: SensorPollerParts;
  readonly #wanted: ReadonlySet<string>;
  /** Monotonic time of the last measurement. */
  #answered: number;
  /** Runs without one since then. */
  #missed = 0;

  constructor(parts: SensorPollerParts) {
    this.#parts = parts;
    this.#wanted = new Set(parts.points.map(({ point }) => point.quantity));
    this.#answered = parts.clock.monotonic();
  }

  /** One poll. */
  async run(stop: StopSignal): Promise<void> {
    const { state, session } = this.#parts;
    state.polls += 1;
    state.reads += 1;
    try {
      this.#take(await session.sample(this.#wanted, stop));
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.#failed(error);
    }
  }

  reset(): void {
    this.#parts.session.reset();
  }

  /** Takes trust away from values that have not been measured for the configured cycles. Called often; costs next to nothing. */
  expire(now: Millis): void {
    const { state, period } = this.#parts;
    const { staleAfter } = state.device;
    const over = period === undefined ? this.#missed >= staleAfter : now - this.#answered >= staleAfter * period;
    if (over) this.#each((live, at) => live.tracker.expired(state.reason, at));
    if (period !== undefined && now - state.answeredAt >= staleAfter * period) state.lost();
  }

  /** There will be no more runs: the values grow stale at once. */
  setAside(reason: string): void {
    this.#answered = Number.NEGATIVE_INFINITY;
    this.#missed = Number.POSITIVE_INFINITY;
    this.#each((live, at) => live.tracker.expired(reason, at) ?? live.tracker.unread(reason, at));
  }

  #take(readings: ReadonlyMap<string, Reading>): void {
    this.#answered = this.#parts.clock.monotonic();
    this.#missed = 0;
    this.#parts.state.answered();
    this.#each((live, at) => live.measured(readings.get(live.point.quantity), at));
  }

  #failed(error: unknown): void {
    const { state, log } = this.#parts;
    const { code, reason } = codeAndReason(error);
    const { thing, lineId, unit } = state.device;
    const place = { bus: lineId, thing, address: hexAddress(unit) };
    if (code === "EDGE_INTERNAL") log.error({ ...place, error: reason }, "a measurement failed in an unforeseen way");
    else log.debug({ ...place, code, error: reason }, "no measurement");
    state.missed(code, reason);
    this.#missed += 1;
    this.#each((live, at) => live.tracker.missed(reason, at));
  }

  #each(change: (live: LiveSensorPoint, at: Instant) => Sample | undefined): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const live of this.#parts.points) {
      const sample = change(live, at);
      if (sample !== undefined && live.filter.passes(sample, now)) samples.push(sample);
    }
    if (samples.length > 0) this.#parts.sink.accept(samples);
  }
}
