import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { composeBoard } from "../../firmware/compose.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { resolveConfig } from "../../shared/console/resolve-config.ts";
import { FakeLog } from "../harness/fake-log.ts";

/** One metric family as `/metrics` tells of it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** A board with one of everything; nothing of it is there. Port 1 answers nobody. */
const config: PenstockConfig = {
  lines: [
    { id: "plc", protocol: "modbus-tcp", host: "127.0.0.1", port: 1 },
    { id: "field", protocol: "modbus-rtu-tcp", host: "127.0.0.1", port: 1 },
  ],
  devices: [
    { id: "pump", line: "plc", points: [{ id: "level", area: "holding", address: 0, write: {} }] },
    { id: "meter", line: "field", points: [{ id: "power", area: "input", address: 0 }] },
  ],
  buses: [{ id: "cabinet", device: "/dev/i2c-none" }],
  sensors: [{ id: "climate", bus: "cabinet", chip: "bme280", points: [{ id: "temperature", quantity: "temperature" }] }],
  journal: {},
  uplink: { url: "mqtt://127.0.0.1:1" },
  modbusServer: { port: 0, registers: [{ thing: "pump", feature: "level", area: "holding", address: 0 }] },
  watchdog: { device: "/dev/watchdog-none" },
  broker: { listeners: [{ protocol: "mqtt", port: 0 }] },
};

/** Reads the families of our own from an exposition, in order of name. Prometheus text format 0.0.4. */
export function familiesOf(exposition: string): readonly MetricFamily[] {
  const helps = new Map([...exposition.matchAll(/^# HELP (penstock_\w+) (.*)$/gm)].map(([, name = "", help = ""]) => [name, help]));
  return [...exposition.matchAll(/^# TYPE (penstock_\w+) (\w+)$/gm)]
    .map(([, name = "", type = ""]) => ({ name, type, help: helps.get(name) ?? "" }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a running board measures: only it knows, so one is run for a moment. */
export async function boardFamilies(): Promise<readonly MetricFamily[]> {
  const data = await mkdtemp(path.join(tmpdir(), "penstock-docs-"));
  try {
    const parts = { config: resolveConfig(config), broker: config.broker ?? {}, data, healthPort: 0, version: "0", log: new FakeLog() };
    const board = await composeBoard(parts);
    try {
      const response = await fetch(`${board.health}/metrics`);
      return familiesOf(await response.text());
    } finally {
      await board.close();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
