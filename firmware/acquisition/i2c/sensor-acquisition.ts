import { chipDriver } from "../../../shared/acquisition/i2c/chip-driver.ts";
import { hexAddress } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import type { ResolvedSensor } from "../../../shared/acquisition/i2c/resolve-sensor.ts";
import { SensorSession } from "../../../shared/acquisition/i2c/sensor-session.ts";
import type { I2cBus, SampleSink, TaskRunner } from "../../../shared/acquisition/ports.ts";
import { ReportFilter } from "../../../shared/acquisition/report-filter.ts";
import type { PointValue, Sample } from "../../../shared/acquisition/sample.ts";
import type { ResolvedSchedule } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Instant, millis } from "../../../shared/base/units.ts";
import { CountingSink } from "../counting-sink.ts";
import { DeviceState } from "../device-state.ts";
import { PollSweep } from "../poll-sweep.ts";
import { PollWatch } from "../poll-watch.ts";
import { periodOf, pollingOf, switchedOff, type ThingPolling } from "../settings/thing-polling.ts";
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
  /** How a thing is polled where that is not as configured. */
  readonly polling?: (thing: string) => ThingPolling | undefined;
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
  readonly task: string;
}

/** A sensor with its points and how they are polled now. */
interface Polled extends SensorView {
  readonly points: readonly LiveSensorPoint[];
  readonly watches: PollWatch[];
  enabled: boolean;
}

/** All sensors of a board: measures them on their schedules and lets silent ones go stale. */
export class SensorAcquisition implements MetricSource {
  readonly states: readonly DeviceState[];
  readonly #parts: SensorAcquisitionParts;
  readonly #sink: CountingSink;
  readonly #sensors = new Map<string, Polled>();
  readonly #polls: Poll[] = [];
  readonly #sweep: PollSweep;

  /** Starts to measure. A sensor on a bus that is not there is left out. */
  constructor(parts: SensorAcquisitionParts) {
    this.#parts = parts;
    this.#sink = new CountingSink(parts.sink);
    let shortest = Number.POSITIVE_INFINITY;
    for (const sensor of parts.sensors) {
      const bus = parts.buses.get(sensor.lineId);
      if (bus !== undefined) shortest = Math.min(shortest, this.#add(sensor, bus));
    }
    this.states = [...this.#sensors.values()].map(({ state }) => state);
    this.#sweep = new PollSweep({ clock: parts.clock, polls: this.#polls, soonest: shortest });
  }

  metrics(): readonly Metric[] {
    return sensorMetrics([...this.#sensors.values()], this.#sink.counts);
  }

  /** Polls a sensor another way from now on: its next samples come as `polling` says. What runs is given up. */
  adjust(thing: string, polling: ThingPolling): void {
    const polled = this.#sensors.get(thing);
    if (polled === undefined) return;
    const { points, state, watches } = polled;
    for (const watch of watches.splice(0)) this.#end(watch);
    for (const live of points) live.filter = new ReportFilter(polling.points.get(live.point.id)?.report ?? live.point.report);
    if (polling.enabled !== polled.enabled)
      state.setAside(polling.enabled ? "not asked since it was switched on again" : switchedOff, polling.enabled);
    this.#sweep.hasten(this.#poll(polled, polling));
  }

  /** Ends the polls under way and looks for silent sensors no longer. The runner is closed by its owner. */
  close(): void {
    this.#sweep.close();
    for (const { watch } of this.#polls) watch.close();
  }

  /** @returns the shortest time after which a value is stale, infinite when there is none */
  #add(sensor: ResolvedSensor, bus: I2cBus): number {
    const { clock, random, schedules, onDevice } = this.#parts;
    const polling = this.#parts.polling?.(sensor.thing) ?? pollingOf(sensor, schedules);
    const driver = chipDriver(sensor.chip, { bus, address: sensor.unit, clock });
    const session = new SensorSession({ driver, clock, random });
    const state = new DeviceState({ device: sensor, clock, onChange: onDevice });
    const points = sensor.points.map((point) => this.#live(sensor, point, polling));
    this.#begin(points, polling.enabled ? "not measured since the board started" : switchedOff);
    const polled: Polled = { state, session, points, watches: [], enabled: polling.enabled };
    this.#sensors.set(sensor.thing, polled);
    if (!polling.enabled) state.setAside(switchedOff, false);
    return this.#poll(polled, polling);
  }

  /** Begins to poll a sensor, or to do so no more. @returns the shortest time after which a value is stale, infinite when there is none */
  #poll(polled: Polled, polling: ThingPolling): number {
    const { state, session, points, watches } = polled;
    polled.enabled = polling.enabled;
    let shortest = Number.POSITIVE_INFINITY;
    for (const schedule of polling.schedules.values()) {
      const group = points.filter(({ point }) => polling.points.get(point.id)?.schedule === schedule.name);
      if (group.length === 0) continue;
      const period = periodOf(schedule);
      shortest = Math.min(shortest, (period ?? Number.POSITIVE_INFINITY) * state.device.staleAfter);
      const poller = new SensorPoller({ ...this.#parts, sink: this.#sink, state, points: group, period, session });
      watches.push(this.#schedule(state, poller, schedule, polling.enabled));
      if (!polling.enabled) poller.setAside(switchedOff);
    }
    return shortest;
  }

  #schedule({ device }: DeviceState, poller: SensorPoller, { name, schedule, ...times }: ResolvedSchedule, enabled: boolean): PollWatch {
    const { clock, log, runner } = this.#parts;
    const task = `${device.thing}@${name}`;
    const period = schedule.kind === "periodic" ? schedule.every : undefined;
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
    this.#polls.push({ poller, watch, task });
    if (enabled) add();
    else watch.close();
    return watch;
  }

  #end(watch: PollWatch): void {
    watch.close();
    const at = this.#polls.findIndex((poll) => poll.watch === watch);
    for (const { task } of this.#polls.splice(at, at < 0 ? 0 : 1)) this.#parts.runner.remove(task);
  }

  #live(sensor: ResolvedSensor, configured: ResolvedSensor["points"][number], polling: ThingPolling): LiveSensorPoint {
    const point = { ...configured, report: polling.points.get(configured.id)?.report ?? configured.report };
    const live = new LiveSensorPoint(sensor.thing, point, this.#parts.clock.wall());
    const known = this.#parts.previous(sensor.thing, point.id);
    if (known !== undefined) live.tracker.resume(known.value, known.source);
    return live;
  }

  /** Says of every point that nothing is known yet: what an earlier run left in the twin must not pass for a measurement. */
  #begin(points: readonly LiveSensorPoint[], reason: string): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const { tracker, filter } of points) {
      const sample = tracker.unread(reason, at);
      if (filter.passes(sample, now)) samples.push(sample);
    }
    this.#sink.accept(samples);
  }
}
