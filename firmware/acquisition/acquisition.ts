import { UnitLearning } from "../../shared/acquisition/learning/unit-learning.ts";
import { PointTracker } from "../../shared/acquisition/point-tracker.ts";
import type { LearnedFacts, ModbusLine, SampleSink, TaskRunner } from "../../shared/acquisition/ports.ts";
import { pollReadOf } from "../../shared/acquisition/reads/poll-plan.ts";
import { type ReadCost, tcpReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import { serialReadCost } from "../../shared/acquisition/reads/serial-read-cost.ts";
import { ReportFilter } from "../../shared/acquisition/report-filter.ts";
import type { ResolvedDevice } from "../../shared/acquisition/resolve-device.ts";
import type { ResolvedLine } from "../../shared/acquisition/resolve-line.ts";
import type { PointValue, Sample } from "../../shared/acquisition/sample.ts";
import type { ResolvedSchedule } from "../../shared/acquisition/tasks/resolve-schedule.ts";
import { compileValue } from "../../shared/acquisition/values/value-codec.ts";
import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { type Instant, millis } from "../../shared/base/units.ts";
import { acquisitionMetrics } from "./acquisition-metrics.ts";
import { CountingSink } from "./counting-sink.ts";
import { DevicePoller } from "./device-poller.ts";
import { DeviceState } from "./device-state.ts";
import { LineWard } from "./line-ward.ts";
import type { LivePoint } from "./live-point.ts";
import { ModbusActuator } from "./modbus-actuator.ts";
import { ModbusUnit } from "./modbus-unit.ts";
import { PollSweep } from "./poll-sweep.ts";
import { PollWatch } from "./poll-watch.ts";
import { periodOf, pollingOf, switchedOff, type ThingPolling } from "./settings/thing-polling.ts";
import { unitMetrics } from "./unit-metrics.ts";

export interface AcquisitionParts {
  readonly devices: readonly ResolvedDevice[];
  readonly schedules: ReadonlyMap<string, ResolvedSchedule>;
  readonly lines: ReadonlyMap<string, ModbusLine>;
  /** How the lines are configured; a line that is not among them counts as TCP with all defaults. */
  readonly settings?: readonly ResolvedLine[];
  /** What earlier runs of the board found out about units; without, it is found out again after each start. */
  readonly learned?: LearnedFacts;
  readonly runner: TaskRunner;
  readonly sink: SampleSink;
  /** What an earlier run of the board had measured of a point. */
  readonly previous: (thing: string, feature: string) => { readonly value: PointValue | null; readonly source: Instant } | undefined;
  readonly onDevice: (state: DeviceState) => void;
  /** How a thing is polled where that is not as configured. */
  readonly polling?: (thing: string) => ThingPolling | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/** A run of a poll hangs when it takes this, and twice what all requests of its line would wait in vain, longer. */
const hangSlack = 30_000;
/** A poll is forgotten when so many periods have passed without a run, and at least this long. */
const forgottenPeriods = 10;
const leastForgotten = 60_000;

/** One poll of a device: the points that share a schedule. */
interface Poll {
  readonly unit: ModbusUnit;
  readonly poller: DevicePoller;
  readonly watch: PollWatch;
  /** Ends it for good. */
  readonly end: () => void;
}

/** A device with those of its points that are polled. */
interface Polled {
  readonly unit: ModbusUnit;
  readonly points: readonly LivePoint[];
}

/** All devices of a board: polls them on their schedules, lets silent ones go stale and costs others nothing for them, and writes to them. */
export class Acquisition implements MetricSource {
  readonly actuator: ModbusActuator;
  readonly states: readonly DeviceState[];
  readonly #parts: AcquisitionParts;
  readonly #sink: CountingSink;
  readonly #wards = new Map<string, LineWard>();
  readonly #polled = new Map<string, Polled>();
  readonly #polls: Poll[] = [];
  /** Requests that one run of all polls makes, and how long they may take, by line. */
  readonly #waits = new Map<string, number>();
  readonly #sweep: PollSweep;

  /** Compiles everything and starts to poll. @throws {RangeTooLarge} */
  constructor(parts: AcquisitionParts) {
    this.#parts = parts;
    this.#sink = new CountingSink(parts.sink);
    const all: LivePoint[] = [];
    let shortest = Number.POSITIVE_INFINITY;
    for (const device of parts.devices) {
      const ward = this.#ward(device.lineId);
      if (ward === undefined) continue;
      const polling = parts.polling?.(device.thing) ?? pollingOf(device, parts.schedules);
      const points = device.points.map((point): LivePoint => this.#live(device, point, polling));
      all.push(...points);
      this.#begin(points, polling.enabled ? "not read since the board started" : switchedOff);
      const unit = this.#unit(device, ward, groupsOf(points, polling));
      const polled = { unit, points: points.filter(({ point }) => polling.points.has(point.id)) };
      this.#polled.set(device.thing, polled);
      if (!polling.enabled) unit.state.setAside(switchedOff, false);
      shortest = Math.min(shortest, this.#poll(polled, polling));
    }
    const units = new Map([...this.#polled].map(([thing, { unit }]) => [thing, unit]));
    this.states = [...units.values()].map(({ state }) => state);
    this.actuator = new ModbusActuator({ ...parts, units, sink: this.#sink, points: all });
    this.#sweep = new PollSweep({ clock: parts.clock, polls: this.#polls, soonest: shortest });
  }

  /** Polls a device another way from now on: its next samples come as `polling` says. What runs is given up. */
  adjust(thing: string, polling: ThingPolling): void {
    const polled = this.#polled.get(thing);
    if (polled === undefined) return;
    const { unit, points } = polled;
    for (const poll of this.#polls.filter((one) => one.unit === unit)) poll.end();
    for (const live of points) live.filter = new ReportFilter(polling.points.get(live.point.id)?.report ?? live.point.report);
    if (polling.enabled !== unit.enabled)
      unit.state.setAside(polling.enabled ? "not asked since it was switched on again" : switchedOff, polling.enabled);
    this.#sweep.hasten(this.#poll(polled, polling));
  }

  metrics(): readonly Metric[] {
    const watches = this.#polls.map(({ unit, watch }) => ({ unit, watch }));
    const now = this.#parts.clock.monotonic();
    return [
      ...acquisitionMetrics(this.states, this.#sink.counts),
      ...unitMetrics({ units: [...this.#polled.values()].map(({ unit }) => unit), wards: this.#wards.values(), watches, now }),
      ...this.actuator.metrics(),
    ];
  }

  /** Ends the polls under way and looks for silent devices no longer. The runner is closed by its owner. */
  close(): void {
    this.#sweep.close();
    for (const { watch } of this.#polls) watch.close();
    for (const ward of this.#wards.values()) ward.close();
  }

  #ward(lineId: string): LineWard | undefined {
    const line = this.#parts.lines.get(lineId);
    const known = this.#wards.get(lineId);
    if (line === undefined || known !== undefined) return known;
    const settings = this.#parts.settings?.find(({ id }) => id === lineId);
    const ward = new LineWard({ line, settings, clock: this.#parts.clock });
    this.#wards.set(lineId, ward);
    return ward;
  }

  #unit(device: ResolvedDevice, ward: LineWard, groups: ReadonlyMap<string, readonly LivePoint[]>): ModbusUnit {
    const { clock, log, learned, onDevice, random = Math.random } = this.#parts;
    const polls = [...groups.values()];
    const learning = new UnitLearning({
      line: device.lineId,
      unit: device.unit,
      configured: device.limits,
      polls,
      known: device.learn ? learned?.get(device.thing) : undefined,
      cost: this.#assumedCost(device.lineId),
      now: clock.monotonic(),
    });
    const [cheapest] = polls.flat().sort((a, b) => a.span - b.span);
    const read = cheapest === undefined ? undefined : pollReadOf({ ...cheapest, quantity: cheapest.span }, [cheapest]);
    const state = new DeviceState({ device, clock, onChange: onDevice });
    return new ModbusUnit({ device, state, ward, learning, cheapest: read?.pdu, learned, clock, log, random });
  }

  #assumedCost(lineId: string): ReadCost {
    const settings = this.#parts.settings?.find(({ id }) => id === lineId);
    return settings === undefined || settings.protocol === "modbus-tcp" ? tcpReadCost : serialReadCost(settings.baud);
  }

  /** Begins to poll a device, or to do so no more. @returns the shortest time after which a value is stale, infinite when there is none */
  #poll({ unit, points }: Polled, polling: ThingPolling): number {
    unit.enabled = polling.enabled;
    let shortest = Number.POSITIVE_INFINITY;
    for (const [name, group] of groupsOf(points, polling)) {
      const schedule = polling.schedules.get(name);
      if (schedule === undefined) continue;
      const poll = this.#addPoll(unit, schedule, group, polling.enabled);
      if (!polling.enabled) poll.poller.setAside(switchedOff);
      shortest = Math.min(shortest, (periodOf(schedule) ?? Number.POSITIVE_INFINITY) * unit.device.staleAfter);
    }
    return shortest;
  }

  #addPoll(unit: ModbusUnit, schedule: ResolvedSchedule, points: readonly LivePoint[], enabled: boolean): Poll {
    const { clock, log, runner } = this.#parts;
    const { device } = unit;
    const period = periodOf(schedule);
    const poller = new DevicePoller({ unit, points, period, sink: this.#sink, clock, log });
    const task = `${device.thing}@${schedule.name}`;
    const watch = new PollWatch({
      poll: poller,
      bound: () => millis(hangSlack + 2 * (this.#waits.get(device.lineId) ?? 0)),
      forgotten: period === undefined ? undefined : millis(Math.max(leastForgotten, period * forgottenPeriods)),
      schedule: () => {
        runner.remove(task);
        add();
      },
      place: { line: device.lineId, thing: device.thing, unit: device.unit, schedule: schedule.name },
      clock,
      log,
    });
    const { priority, deadline } = schedule;
    const add = (): void => runner.add({ name: task, schedule: schedule.schedule, priority, deadline, run: (stop) => watch.run(stop) });
    const forget = unit.onRecovered(() => void watch.start());
    const wait = enabled ? poller.requests * device.timeout : 0;
    this.#waits.set(device.lineId, (this.#waits.get(device.lineId) ?? 0) + wait);
    const poll: Poll = {
      unit,
      poller,
      watch,
      end: () => {
        forget();
        watch.close();
        runner.remove(task);
        this.#polls.splice(this.#polls.indexOf(poll), 1);
        this.#waits.set(device.lineId, (this.#waits.get(device.lineId) ?? 0) - wait);
      },
    };
    this.#polls.push(poll);
    if (enabled) add();
    else watch.close();
    return poll;
  }

  #live(device: ResolvedDevice, point: ResolvedDevice["points"][number], polling: ThingPolling): LivePoint {
    const { clock, previous } = this.#parts;
    const codec = compileValue(point.layout);
    const tracker = new PointTracker(device.thing, point.id, clock.wall());
    const known = previous(device.thing, point.id);
    if (known !== undefined) tracker.resume(known.value, known.source);
    const { area, address } = point.layout;
    return {
      device,
      point,
      codec,
      tracker,
      area,
      address,
      span: codec.span,
      filter: new ReportFilter(polling.points.get(point.id)?.report ?? point.report),
    };
  }

  /** Says of every point that nothing is known yet: what an earlier run left in the twin must not pass for a measurement. */
  #begin(points: readonly LivePoint[], reason: string): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const { point, tracker, filter } of points) {
      if (point.access === "write") continue;
      const sample = tracker.unread(reason, at);
      if (filter.passes(sample, now)) samples.push(sample);
    }
    this.#sink.accept(samples);
  }
}

/** Points that are polled together, by the name of their schedule. */
function groupsOf(points: readonly LivePoint[], polling: ThingPolling): ReadonlyMap<string, readonly LivePoint[]> {
  const groups = new Map<string, LivePoint[]>();
  for (const name of polling.schedules.keys()) {
    const group = points.filter(({ point }) => polling.points.get(point.id)?.schedule === name);
    if (group.length > 0) groups.set(name, group);
  }
  return groups;
}
