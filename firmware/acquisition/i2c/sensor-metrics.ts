import { hexAddress } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import type { SensorSession } from "../../../shared/acquisition/i2c/sensor-session.ts";
import type { Quality } from "../../../shared/acquisition/sample.ts";
import type { Metric, MetricValue } from "../../../shared/base/metric.ts";
import type { DeviceState } from "../device-state.ts";
import type { PollWatch } from "../poll-watch.ts";

/** A sensor as metrics see it. */
export interface SensorView {
  readonly state: DeviceState;
  readonly session: SensorSession;
  /** One for each schedule of the sensor. */
  readonly watches: readonly PollWatch[];
}

/** What the measurements of sensors came to, as metrics: every value names bus, thing and address. */
export function sensorMetrics(sensors: readonly SensorView[], samples: Readonly<Record<Quality, number>>): readonly Metric[] {
  const polls: MetricValue[] = [];
  const setups: MetricValue[] = [];
  const restarts: MetricValue[] = [];
  const online: MetricValue[] = [];
  const misses: MetricValue[] = [];
  for (const { state, session, watches } of sensors) {
    const { thing, lineId, unit } = state.device;
    const labels = { bus: lineId, thing, address: hexAddress(unit) };
    polls.push({ labels, value: state.polls });
    setups.push({ labels, value: session.setups });
    restarts.push({ labels, value: watches.reduce((sum, watch) => sum + watch.restarts, 0) });
    online.push({ labels, value: state.online ? 1 : 0 });
    for (const [cause, value] of state.misses) misses.push({ labels: { ...labels, cause }, value });
  }
  const qualities = Object.entries(samples).map(([quality, value]) => ({ labels: { quality }, value }));
  return [
    { name: "penstock_sensor_polls_total", help: "Runs of a sensor's polls", type: "counter", values: polls },
    { name: "penstock_sensor_setups_total", help: "How often a sensor was set up, failures included", type: "counter", values: setups },
    {
      name: "penstock_sensor_poll_restarts_total",
      help: "Polls of a sensor that threw, hung or were not run any more, and were begun afresh",
      type: "counter",
      values: restarts,
    },
    { name: "penstock_sensor_online", help: "1 while the sensor measures", type: "gauge", values: online },
    {
      name: "penstock_sensor_misses_total",
      help: "Polls of a sensor without a measurement, by error code",
      type: "counter",
      values: misses,
    },
    { name: "penstock_sensor_samples_total", help: "Samples of sensors handed on, by quality", type: "counter", values: qualities },
  ];
}
