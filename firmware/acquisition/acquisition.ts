import { PointTracker } from "../../shared/acquisition/point-tracker.ts";
import type { ModbusLine, SampleSink, TaskRunner } from "../../shared/acquisition/ports.ts";
import { tcpReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import { ReportFilter } from "../../shared/acquisition/report-filter.ts";
import type { ResolvedDevice } from "../../shared/acquisition/resolve-device.ts";
import type { PointValue, Sample } from "../../shared/acquisition/sample.ts";
import type { ResolvedSchedule } from "../../shared/acquisition/tasks/resolve-schedule.ts";
import { compileValue } from "../../shared/acquisition/values/value-codec.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { type Instant, type Millis, millis } from "../../shared/base/units.ts";
import { acquisitionMetrics } from "./acquisition-metrics.ts";
import { DevicePoller } from "./device-poller.ts";
import { DeviceState } from "./device-state.ts";
import type { LivePoint } from "./live-point.ts";
import { ModbusActuator } from "./modbus-actuator.ts";

export interface AcquisitionParts {
  readonly devices: readonly ResolvedDevice[];
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  readonly lines: ReadonlyMap<string, ModbusLine>;
  readonly runner: TaskRunner;
  readonly sink: SampleSink;
  /** What an earlier run of the board had measured of a point. */
  readonly previous: (thing: string, feature: string) => { readonly value: PointValue | null; readonly source: Instant } | undefined;
  readonly onDevice: (state: DeviceState) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const longestSweep = 250;
const shortestSweep = 10;

/** All devices of a board: polls them on their schedules, lets silent ones go stale, and writes to them. */
export class Acquisition implements MetricSource {
  readonly actuator: ModbusActuator;
  readonly states: readonly DeviceState[];
  readonly #parts: AcquisitionParts;
  readonly #pollers: DevicePoller[] = [];
  readonly #counts = { good: 0, uncertain: 0, bad: 0, stale: 0 };
  readonly #sweep: Millis;
  #disarm: Disarm = () => {};

  /** Compiles everything and starts to poll. @throws {RangeTooLarge} */
  constructor(parts: AcquisitionParts) {
    this.#parts = parts;
    const sink: SampleSink = { accept: (samples) => this.#hand(samples) };
    const states: DeviceState[] = [];
    const all: LivePoint[] = [];
    let shortest = Number.POSITIVE_INFINITY;
    for (const device of parts.devices) {
      const line = parts.lines.get(device.lineId);
      if (line === undefined) continue;
      const state = new DeviceState({ device, clock: parts.clock, onChange: parts.onDevice });
      states.push(state);
      const points = device.points.map((point): LivePoint => this.#live(device, point));
      all.push(...points);
      this.#begin(points, sink);
      for (const [name, schedule] of parts.schedules) {
        const polled = points.filter(({ point }) => point.schedule === name && point.access !== "write");
        if (polled.length === 0) continue;
        const period = schedule.schedule.kind === "periodic" ? schedule.schedule.every : undefined;
        if (period !== undefined) shortest = Math.min(shortest, period * device.staleAfter);
        const poller = new DevicePoller({ ...parts, device, sink, state, points: polled, period, line, cost: tcpReadCost });
        this.#pollers.push(poller);
        parts.runner.add({
          name: `${device.thing}@${name}`,
          schedule: schedule.schedule,
          priority: schedule.priority,
          deadline: schedule.deadline,
          run: (stop) => poller.run(stop),
        });
      }
    }
    this.states = states;
    this.actuator = new ModbusActuator({ ...parts, sink, points: all });
    this.#sweep = millis(Math.min(longestSweep, Math.max(shortestSweep, shortest / 8)));
    this.#arm();
  }

  metrics(): readonly Metric[] {
    return [...acquisitionMetrics(this.states, this.#counts), ...this.actuator.metrics()];
  }

  /** Stops looking for silent devices. The runner, which polls, is closed by its owner. */
  close(): void {
    this.#disarm();
    this.#disarm = () => {};
  }

  #live(device: ResolvedDevice, point: ResolvedDevice["points"][number]): LivePoint {
    const { clock, previous } = this.#parts;
    const codec = compileValue(point.layout);
    const tracker = new PointTracker(device.thing, point.id, clock.wall());
    const known = previous(device.thing, point.id);
    if (known !== undefined) tracker.resume(known.value, known.source);
    const { area, address } = point.layout;
    return { device, point, codec, tracker, area, address, span: codec.span, filter: new ReportFilter(point.report) };
  }

  /** Says of every point that nothing is known yet: what an earlier run left in the twin must not pass for a measurement. */
  #begin(points: readonly LivePoint[], sink: SampleSink): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const { point, tracker, filter } of points) {
      if (point.access === "write") continue;
      const sample = tracker.unread("not read since the board started", at);
      if (filter.passes(sample, now)) samples.push(sample);
    }
    sink.accept(samples);
  }

  #hand(samples: readonly Sample[]): void {
    for (const sample of samples) this.#counts[sample.quality] += 1;
    this.#parts.sink.accept(samples);
  }

  #arm(): void {
    this.#disarm = this.#parts.clock.after(this.#sweep, () => {
      const now = this.#parts.clock.monotonic();
      for (const poller of this.#pollers) poller.expire(now);
      this.#arm();
    });
  }
}
