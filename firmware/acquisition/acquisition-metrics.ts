import type { Quality } from "../../shared/acquisition/sample.ts";
import type { Metric, MetricValue } from "../../shared/base/metric.ts";
import type { DeviceState } from "./device-state.ts";

/** What the devices' exchanges came to, as metrics: every value names line, thing and unit. */
export function acquisitionMetrics(states: readonly DeviceState[], samples: Readonly<Record<Quality, number>>): readonly Metric[] {
  const polls: MetricValue[] = [];
  const reads: MetricValue[] = [];
  const saved: MetricValue[] = [];
  const online: MetricValue[] = [];
  const misses: MetricValue[] = [];
  const exceptions: MetricValue[] = [];
  for (const state of states) {
    const { thing, lineId, unit } = state.device;
    const labels = { line: lineId, thing, unit: String(unit) };
    polls.push({ labels, value: state.polls });
    reads.push({ labels, value: state.reads });
    saved.push({ labels, value: state.requestsSaved });
    online.push({ labels, value: state.online ? 1 : 0 });
    for (const [key, value] of state.misses) {
      const [cause = "", functionCode] = key.split("/");
      misses.push({ labels: { ...labels, ...(functionCode !== undefined && { function: functionCode }), cause }, value });
    }
    for (const [key, value] of state.exceptions) {
      const [functionCode = "", exception = ""] = key.split("/");
      exceptions.push({ labels: { ...labels, function: functionCode, exception }, value });
    }
  }
  const qualities = Object.entries(samples).map(([quality, value]) => ({ labels: { quality }, value }));
  return [
    { name: "penstock_polls_total", help: "Runs of a device's polls", type: "counter", values: polls },
    { name: "penstock_poll_requests_total", help: "Read requests sent for polls", type: "counter", values: reads },
    {
      name: "penstock_poll_requests_saved_total",
      help: "Read requests that the planner spared against one request a point",
      type: "counter",
      values: saved,
    },
    { name: "penstock_device_online", help: "1 while the unit answers", type: "gauge", values: online },
    {
      name: "penstock_poll_misses_total",
      help: "Reads without a usable answer, by function and error code",
      type: "counter",
      values: misses,
    },
    {
      name: "penstock_device_exceptions_total",
      help: "Modbus exceptions that the unit answered polls with",
      type: "counter",
      values: exceptions,
    },
    { name: "penstock_samples_total", help: "Samples handed on, by quality", type: "counter", values: qualities },
  ];
}
