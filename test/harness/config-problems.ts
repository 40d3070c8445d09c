import { cronCalendar } from "../../firmware/console/cron-calendar.ts";
import type { BoardFacts } from "../../shared/console/board-facts.ts";
import { checkConfig } from "../../shared/console/check-config.ts";
import { ConfigInvalid } from "../../shared/console/config-errors.ts";
import { configInvalid, parseDocument } from "../../shared/console/parse-document.ts";
import { PenstockConfig } from "../../shared/console/penstock-config.ts";

const limits = { points: 6, clients: 10, twinBytes: 1_048_576, journalBytes: 2_097_152 };
const boards = new Map<string, BoardFacts>([
  ["linux-generic", { limits, buses: [], serialPorts: [] }],
  [
    "simulated",
    {
      limits,
      buses: [{ id: "i2c-stub", device: "/dev/i2c-0" }],
      serialPorts: [
        { id: "uart-1", device: "/dev/ttyS1", rs485: "driver", parity: true },
        { id: "uart-2", device: "/dev/ttyS2", rs485: "none", parity: false },
      ],
      watchdog: { device: "/dev/watchdog0" },
    },
  ],
]);

/** The boards that test configurations may be for: they bear six points; one has nothing besides, the other a bus, two ports and a watchdog. */
export const sixPoints = { calendar: cronCalendar, boards };

/** What the text of a `penstock.json` is refused with, `undefined` when it is good. What is no {@link ConfigInvalid} is thrown on. */
export function configError(text: string): ConfigInvalid | undefined {
  try {
    const problems = checkConfig(parseDocument("penstock.json", text, PenstockConfig), sixPoints);
    return problems.length === 0 ? undefined : configInvalid("penstock.json", text, problems);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
}

/** The lines of the error's message. */
export function problemLines(text: string): readonly string[] {
  return configError(text)?.message.split("\n") ?? [];
}

/** The lines for a configuration in one line of text, without file and place. */
export function problemTexts(config: unknown): readonly string[] {
  return problemLines(JSON.stringify(config)).map((line) => line.replace(/^penstock\.json:1:\d+: /, ""));
}

export const somePoint = { id: "level", area: "holding", address: 0 };
export const someDevice = { id: "pump", line: "plc", points: [somePoint] };
export const someLine = { id: "plc", protocol: "modbus-tcp", host: "192.0.2.1" };
/** A good configuration but for what the point, or the device, says besides. */
export const withPoint = (extra: object): object => ({
  lines: [someLine],
  devices: [{ ...someDevice, points: [{ ...somePoint, ...extra }] }],
});
export const withDevice = (extra: object): object => ({ lines: [someLine], devices: [{ ...someDevice, ...extra }] });
