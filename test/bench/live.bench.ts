import { serverEvents } from "../../host/console/cli/server-events.ts";
import { percentile } from "../harness/process-figures.ts";
import { RunningGateway } from "../harness/running-gateway.ts";
import { ScriptedModbusServer } from "../harness/scripted-modbus-server.ts";
import type { Figure } from "./figure.ts";

const period = 100;
const changes = 600;
const goal = 50;

/**
 * From a register to a screen: a device changes a register, the board polls it, the gateway streams it. Counted from the moment at which the device
 * answers a poll with the new value, so that the wait for the poll is left out.
 */
export async function bench(): Promise<readonly Figure[]> {
  let value = 0;
  /** When each value was first given to a poll. */
  const given = new Map<number, number>();
  const device = await ScriptedModbusServer.open((request) => {
    if (!given.has(value)) given.set(value, performance.now());
    request.reply([request.pdu[0] ?? 3, 2, value >> 8, value & 255]);
  });
  const gateway = await RunningGateway.start({
    config: {
      id: "bench",
      schedules: { fast: { every: `${period} ms` } },
      lines: [{ id: "plc", protocol: "modbus-tcp", host: "127.0.0.1", port: device.port }],
      devices: [{ id: "unit", line: "plc", schedule: "fast", points: [{ id: "count", area: "holding", address: 0 }] }],
    },
  });
  try {
    const stop = new AbortController();
    const answer = await fetch(`${gateway.url}/api/v1/live?values=unit`, {
      headers: { authorization: `Bearer ${gateway.token}` },
      signal: stop.signal,
    });
    const lateness: number[] = [];
    for await (const { event, data } of serverEvents(answer)) {
      if (event !== "values") continue;
      const now = performance.now();
      const readings: unknown = JSON.parse(data);
      for (const reading of Array.isArray(readings) ? readings : []) {
        const at = given.get(reading?.value);
        if (at === undefined || reading.value !== value) continue;
        // The first values stand for connections and compilers that warm up.
        if (value > 50) lateness.push(now - at);
        // Not in step with the polls.
        setTimeout(() => value++, Math.random() * period);
      }
      if (value >= changes + 50) break;
    }
    stop.abort();
    const p99 = percentile(lateness, 0.99);
    return [
      { name: "live: answer of the device to the stream of the console, p50", value: percentile(lateness, 0.5), unit: "ms" },
      { name: "live: the same, p99", value: p99, unit: "ms", goal: `≤ ${goal}`, reached: p99 <= goal },
    ];
  } finally {
    await gateway.clean();
    await device.close();
  }
}
