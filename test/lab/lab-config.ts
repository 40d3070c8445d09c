import type { PenstockConfig } from "../../shared/console/penstock-config.ts";

/** Registers of the RTU unit that count, and how many of them a board with all points polls. */
export const countingPoints = 200;
/** Register of the RTU unit that keeps what is written to it. */
export const setpointRegister = 300;

/**
 * The board of the virtual machine: an RTU unit with 200 points that change every second and one that may be written, a climate sensor, and beside
 * each of them one that is not there.
 */
export const labConfig: PenstockConfig = {
  board: "simulated",
  lines: [{ id: "rs485", protocol: "modbus-rtu", device: "serial", baud: 19_200, parity: "even" }],
  devices: [
    {
      id: "pump",
      line: "rs485",
      unit: 1,
      points: [
        ...Array.from({ length: countingPoints }, (_, n) => ({ id: `count-${n}`, area: "holding" as const, address: n })),
        { id: "setpoint", area: "holding", address: setpointRegister, write: { min: 0, max: 60_000, perMinute: 6000 } },
      ],
    },
    { id: "absent-unit", line: "rs485", unit: 9, points: [{ id: "level", area: "holding", address: 0 }] },
  ],
  buses: [{ id: "i2c", device: "i2c-stub" }],
  sensors: [
    {
      id: "climate",
      bus: "i2c",
      chip: "bme280",
      points: [
        { id: "temperature", quantity: "temperature" },
        { id: "humidity", quantity: "humidity" },
        { id: "pressure", quantity: "pressure" },
      ],
    },
    { id: "absent-sensor", bus: "i2c", chip: "bme280", address: 0x77, points: [{ id: "temperature", quantity: "temperature" }] },
  ],
  twin: { commitInterval: "1 s" },
};

/** Where a machine finds the loopback interface of the one it runs on. */
const hostAddress = "10.0.2.2";

/** The same board with everything on: a gateway on this machine takes its journal, and a watchdog looks after it. */
export function linkedConfig(gateway: { readonly board: string; readonly url: string }): PenstockConfig {
  return {
    ...labConfig,
    id: gateway.board,
    uplink: { url: gateway.url.replace("127.0.0.1", hostAddress) },
    watchdog: { device: "/dev/watchdog" },
  };
}
