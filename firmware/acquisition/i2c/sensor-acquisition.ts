import { chipDriver } from "../../../shared/acquisition/i2c/chip-driver.ts";
import { hexAddress } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import type { ResolvedSensor } from "../../../shared/acquisition/i2c/resolve-sensor.ts";
import { SensorSession } from "../../../shared/acquisition/i2c/sensor-session.ts";
import type { I2cBus, SampleSink, TaskRunner } from "../../../shared/acquisition/ports.ts";
import type { PointValue, Sample } from "../../../shared/acquisition/sample.ts";
import type { ResolvedSchedule } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Instant, type Millis, millis } from "../../../shared/base/units.ts";
import { CountingSink } from "../counting-sink.ts";
import { DeviceState } from "../device-state.ts";
import { PollSweep } from "../poll-sweep.ts";
import { PollWatch } from "../poll-watch.ts";
import { LiveSensorPoint } from "./live-sensor-point.ts";
import { type SensorView, sensorMetrics } from "./sensor-metrics.ts";
import { SensorPoller } from "./sensor-poller.ts";

export interface SensorAcquisitionParts {
  readonly sensors: readonly ResolvedSensor[];
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  readonly buses: ReadonlyMap<string, I2cBus>;
  readonly runner: TaskRunner;
  readonly sink: SampleSink;
  /** What an earlier run of the board had measured of a point. */
  readonly previous: (thing: string, feature: string) => { readonly value: PointValue | null; readonly source: Instant } | undefined;
  readonly onDevice: (state: DeviceState) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/** A run hangs when it takes this long: no chip needs it, and a bus gives up much earlier. */
const hangBound = millis(300_000);
/** A poll is forgotten when so many periods have passed without a run, and at least this long. */
const forgottenPeriods = 10;
const leastForgotten = 60_000;

/** One poll of a sensor: the points that share a schedule. */
interface Poll {
  readonly poller: SensorPoller;
  readonly watch: PollWatch;
}

/** All sensors of a board: measures them on their schedules and lets silent ones go stale. */
export class SensorAcquisition implements MetricSource {
  readonly states: readonly DeviceState[];
  readonly #parts: SensorAcquisitionParts;
  readonly #sink: CountingSink;
  readonly #sensors: SensorView[] = [];
  readonly #polls: Poll[] = [];
  readonly #sweep: PollSweep;

  /** Starts to measure. A sensor on a bus that is not there is left out. */
  constructor(parts: SensorAcquisitionParts) {
    this.#parts = parts;
    this.#sink = new CountingSink(parts.sink);
    let shortest = Number.POSITIVE_INFINITY;
    for (const sensor of parts.sensors) {
      const bus = parts.buses.get(sensor.lineId);
      if (bus !== undefined) shortest = Math.min(shortest, this.#add(sensor, bus) * sensor.staleAfter);
    }
    this.states = this.#sensors.map(({ state }) => state);
    this.#sweep = new PollSweep({ clock: parts.clock, polls: this.#polls, soonest: shortest });
  }

  metrics(): readonly Metric[] {
    return sensorMetrics(this.#sensors, this.#sink.counts);
  }

  /** Ends the polls under way and looks for silent sensors no longer. The runner is closed by its owner. */
  close(): void {
    this.#sweep.close();
    for (const { watch } of this.#polls) watch.close();
  }

  /** @returns the shortest period, infinite when there is none */
  #add(sensor: ResolvedSensor, bus: I2cBus): number {
    const { clock, random, schedules, onDevice } = this.#parts;
    const driver = chipDriver(sensor.chip, { bus, address: sensor.unit, clock });
    const session = new SensorSession({ driver, clock, random });
    const state = new DeviceState({ device: sensor, clock, onChange: onDevice });
    const points = sensor.points.map((point) => this.#live(sensor, point));
    this.#begin(points);
    const watches: PollWatch[] = [];
    let shortest = Number.POSITIVE_INFINITY;
    for (const schedule of schedules.values()) {
      const polled = points.filter(({ point }) => point.schedule === schedule.name);
      if (polled.length === 0) continue;
      const period = schedule.schedule.kind === "periodic" ? schedule.schedule.every : undefined;
      shortest = Math.min(shortest, period ?? Number.POSITIVE_INFINITY);
      const poller = new SensorPoller({ ...this.#parts, sink: this.#sink, state, points: polled, period, session });
      watches.push(this.#schedule(state, poller, schedule, period));
    }
    this.#sensors.push({ state, session, watches });
    return shortest;
  }

  #schedule(
    { device }: DeviceState,
    poller: SensorPoller,
    { name, schedule, ...times }: ResolvedSchedule,
    period: Millis | undefined,
  ): PollWatch {
    const { clock, log, runner } = this.#parts;
    const task = `${device.thing}@${name}`;
    const watch = new PollWatch({
      poll: poller,
      bound: () => hangBound,
      forgotten: period === undefined ? undefined : millis(Math.max(leastForgotten, period * forgottenPeriods)),
      schedule: () => {
        runner.remove(task);
        add();
      },
      place: { bus: device.lineId, thing: device.thing, address: hexAddress(device.unit), schedule: name },
      clock,
      log,
    });
    const add = (): void => runner.add({ ...times, name: task, schedule, run: (stop) => watch.run(stop) });
    this.#polls.push({ poller, watch });
    add();
    return watch;
  }

  #live(sensor: ResolvedSensor, point: ResolvedSensor["points"][number]): LiveSensorPoint {
    const live = new LiveSensorPoint(sensor.thing, point, this.#parts.clock.wall());
    const known = this.#parts.previous(sensor.thing, point.id);
    if (known !== undefined) live.tracker.resume(known.value, known.source);
    return live;
  }

  /** Says of every point that nothing is known yet: what an earlier run left in the twin must not pass for a measurement. */
  #begin(points: readonly LiveSensorPoint[]): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const { tracker, filter } of points) {
      const sample = tracker.unread("not measured since the board started", at);
      if (filter.passes(sample, now)) samples.push(sample);
    }
    this.#sink.accept(samples);
  }
}
