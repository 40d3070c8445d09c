import { checkDuration } from "../base/check-duration.ts";
import { orMaybe } from "../base/check-schema.ts";
import { pointerTo } from "../base/json-pointer.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import type { LineConfig, ModbusRtuLineConfig } from "./line-config.ts";

/** What a board says of one of its serial ports. */
export interface SerialPortFacts {
  readonly id: string;
  readonly device: string;
  /** `none`: nothing on the board turns a transceiver round. */
  readonly rs485: string;
  readonly parity: boolean;
}

/** What the schema cannot say about a line by itself. @param path pointer of the line */
export function* checkLine(path: string, line: LineConfig): Generator<Problem> {
  if ("connectTimeout" in line) yield* checkDuration(pointerTo(path, "connectTimeout"), line.connectTimeout, millis(1));
  if ("turnaround" in line) yield* checkDuration(pointerTo(path, "turnaround"), line.turnaround, millis(0));
  yield* checkDuration(pointerTo(path, "timeout"), line.timeout, millis(1));
}

/** Tells of a name that is neither a path nor one of the board's. @param noun as in `serial port` · @param example a path */
export function* checkDeviceName(
  path: string,
  name: string,
  noun: string,
  example: string,
  known: readonly { readonly id: string }[],
): Generator<Problem> {
  if (name.startsWith("/") || known.some(({ id }) => id === name)) return;
  const ids = known.map(({ id }) => id);
  const expected = ids.length === 0 ? `a path such as ${example}` : `a path such as ${example}, or one of ${ids.join(", ")}`;
  yield { path, message: `the board has no ${noun} "${name}"`, expected: orMaybe(expected, name, ids) };
}

function* checkSerialPort(path: string, line: ModbusRtuLineConfig, ports: readonly SerialPortFacts[]): Generator<Problem> {
  yield* checkDeviceName(pointerTo(path, "device"), line.device, "serial port", "/dev/ttyUSB0", ports);
  const port = ports.find(({ id, device }) => id === line.device || device === line.device);
  if (port === undefined) return;
  const parity = line.parity ?? "even";
  if (!port.parity && parity !== "none") {
    const message = `${line.parity === undefined ? "even by default" : `"${parity}"`}, but serial port ${port.id} sends no parity bit`;
    yield { path: pointerTo(path, "parity"), message, expected: "none, which has two stop bits" };
  }
  if (port.rs485 === "none" && (line.rs485 === "kernel" || line.rs485 === "rts")) {
    const message = `"${line.rs485}", but nothing on serial port ${port.id} turns the line round`;
    yield { path: pointerTo(path, "rs485"), message, expected: "automatic, with a transceiver that finds the direction by itself" };
  }
}

/**
 * What the schema cannot say about serial lines: where they lead, and whether two of them lead to the same port.
 * @param ports of the board; `undefined` where the board is not known, then any name will do
 */
export function* checkSerialLines(lines: readonly LineConfig[], ports: readonly SerialPortFacts[] | undefined): Generator<Problem> {
  const first = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (line.protocol !== "modbus-rtu") continue;
    const path = pointerTo("/lines", index);
    if (ports !== undefined) yield* checkSerialPort(path, line, ports);
    const device = ports?.find(({ id }) => id === line.device)?.device ?? line.device;
    const earlier = first.get(device);
    if (earlier === undefined) first.set(device, index);
    else {
      const message = `${device} is the serial port of /lines/${earlier} already`;
      yield { path: pointerTo(path, "device"), message, expected: "another serial port; units on the same one belong to the same line" };
    }
  }
}
