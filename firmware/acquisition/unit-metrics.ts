import type { Metric, MetricValue } from "../../shared/base/metric.ts";
import type { Millis } from "../../shared/base/units.ts";
import type { LineWard } from "./line-ward.ts";
import type { ModbusUnit } from "./modbus-unit.ts";
import type { PollWatch } from "./poll-watch.ts";

export interface UnitMetricsParts {
  readonly units: readonly ModbusUnit[];
  readonly wards: Iterable<LineWard>;
  readonly watches: readonly { readonly unit: ModbusUnit; readonly watch: PollWatch }[];
  /** Monotonic. */
  readonly now: Millis;
}

const breakerStates = { closed: 0, "half-open": 1, open: 2 } as const;

type Family = Omit<Metric, "values"> & { readonly values: MetricValue[] };

/** How units are isolated and what was learned of them. No metric names an address: each would be a series of its own; logs name them. */
export function unitMetrics({ units, wards, watches, now }: UnitMetricsParts): readonly Metric[] {
  const families: Family[] = [];
  const family = (type: "counter" | "gauge", name: string, help: string): MetricValue[] => {
    const values: MetricValue[] = [];
    families.push({ name: `penstock_${name}`, help, type, values });
    return values;
  };
  const breaker = family("gauge", "breaker_state", "0 polled, 1 being probed, 2 left alone but for probes");
  const opened = family("counter", "breaker_opened_total", "Times that a unit was left alone for not answering");
  const probes = family("counter", "breaker_probes_total", "Probes of units that do not answer, by outcome");
  const leftOut = family(
    "counter",
    "polls_left_out_total",
    "Polls left out: the unit does not answer, or is too slow for a line that is fully used",
  );
  const slow = family("gauge", "device_slow", "1 while the unit takes several times what is usual on its line");
  const limits = family("gauge", "learned_limit", "Largest read that the unit takes, as configured and as learned");
  const holes = family("gauge", "learned_holes", "Points and gaps between points that the unit refuses");
  const trials = family("counter", "learning_reads_total", "Reads made to find out what the unit takes");
  const turnaround = family("gauge", "learned_turnaround_seconds", "Silence that the unit was found to need before a request");
  const cost = family(
    "gauge",
    "learned_cost_seconds",
    "Time that reads of the unit take on the line: for each request, and for each register",
  );
  for (const unit of units) {
    const { device, learning } = unit;
    const labels = { line: device.lineId, thing: device.thing, unit: String(device.unit) };
    breaker.push({ labels, value: breakerStates[unit.breaker.state] });
    opened.push({ labels, value: unit.opened });
    probes.push({ labels: { ...labels, outcome: "answered" }, value: unit.probesAnswered });
    probes.push({ labels: { ...labels, outcome: "missed" }, value: unit.probesMissed });
    leftOut.push({ labels: { ...labels, reason: "silent" }, value: unit.leftOutSick });
    leftOut.push({ labels: { ...labels, reason: "slow" }, value: unit.leftOutSlow });
    slow.push({ labels, value: unit.slow ? 1 : 0 });
    limits.push({ labels: { ...labels, of: "registers" }, value: learning.limits.registers });
    limits.push({ labels: { ...labels, of: "bits" }, value: learning.limits.bits });
    holes.push({ labels, value: learning.holes.length });
    trials.push({ labels, value: unit.trials });
    turnaround.push({ labels, value: learning.turnaround.settled / 1000 });
    if (unit.cost !== undefined) {
      cost.push({ labels: { ...labels, part: "request" }, value: unit.cost.perRequest / 1e6 });
      cost.push({ labels: { ...labels, part: "register" }, value: unit.cost.perRegister / 1e6 });
    }
  }
  const busy = family("counter", "line_busy_seconds_total", "Time that exchanges took from the line");
  const sick = family("counter", "line_sick_seconds_total", "Time of the line that was waited in vain for units");
  const share = family("gauge", "line_utilisation_ratio", "Share of the last seconds in which the line was in use");
  for (const ward of wards) {
    const labels = { line: ward.line.id };
    busy.push({ labels, value: ward.meter.busy / 1000 });
    sick.push({ labels, value: ward.sickTime / 1000 });
    share.push({ labels, value: ward.meter.utilisation });
  }
  const restarts = family("counter", "poll_restarts_total", "Polls that threw, hung or were not run any more, and were begun afresh");
  const idle = family("gauge", "poll_idle_seconds", "Time since a poll of the device ended, the longest of its polls");
  const byUnit = new Map<ModbusUnit, { restarts: number; idle: number }>();
  for (const { unit, watch } of watches) {
    const sum = byUnit.get(unit) ?? { restarts: 0, idle: 0 };
    byUnit.set(unit, { restarts: sum.restarts + watch.restarts, idle: Math.max(sum.idle, watch.idle(now)) });
  }
  for (const [{ device }, sum] of byUnit) {
    const labels = { line: device.lineId, thing: device.thing, unit: String(device.unit) };
    restarts.push({ labels, value: sum.restarts });
    idle.push({ labels, value: sum.idle / 1000 });
  }
  return families;
}
