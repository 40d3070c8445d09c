import { checkDuration } from "../../base/check-duration.ts";
import { parseDuration } from "../../base/duration.ts";
import { pointerTo } from "../../base/json-pointer.ts";
import type { Problem } from "../../base/problem.ts";
import { millis } from "../../base/units.ts";
import { checkName, checkUniqueIds } from "../check-device.ts";
import { checkDeviceName } from "../check-line.ts";
import { checkReport } from "../check-point.ts";
import { hexAddress } from "./i2c-errors.ts";
import { addressOf, fieldOf } from "./resolve-sensor.ts";
import type { BusConfig, RegisterMapConfig, SensorConfig } from "./sensor-config.ts";

/** Names that a sensor may refer to. */
export interface KnownToSensors {
  readonly buses: ReadonlySet<string>;
  readonly schedules: ReadonlySet<string>;
}

/** An I2C bus as the board describes it. */
export interface BoardBusFacts {
  readonly id: string;
  readonly device: string;
}

const registers = 256;
/** A chip that takes longer to set up cannot be told from one that hangs. */
const longestSetup = millis(60_000);

/**
 * What the schema cannot say about buses: their times, where they lead, and whether two of them lead to the same device.
 * @param known the buses of the board; `undefined` where the board is not known, then any name will do
 */
export function* checkBuses(buses: readonly BusConfig[], known: readonly BoardBusFacts[] | undefined): Generator<Problem> {
  yield* checkUniqueIds("/buses", buses, "bus");
  const first = new Map<string, number>();
  for (const [index, bus] of buses.entries()) {
    const path = pointerTo("/buses", index);
    yield* checkDuration(pointerTo(path, "timeout"), bus.timeout, millis(1));
    if (known !== undefined) yield* checkDeviceName(pointerTo(path, "device"), bus.device, "I2C bus", "/dev/i2c-1", known);
    const device = known?.find(({ id }) => id === bus.device)?.device ?? bus.device;
    const earlier = first.get(device);
    if (earlier === undefined) first.set(device, index);
    else {
      const message = `${device} is /buses/${earlier} already`;
      yield { path: pointerTo(path, "device"), message, expected: "another device; sensors on the same one belong to the same bus" };
    }
  }
}

/** Tells of sensors at an address that an earlier one of the list has already: they would take each other's settings away. */
export function* checkAddresses(sensors: readonly SensorConfig[]): Generator<Problem> {
  const first = new Map<string, number>();
  for (const [index, sensor] of sensors.entries()) {
    const place = `address ${addressOf(sensor)} (${hexAddress(addressOf(sensor))}) of bus "${sensor.bus}"`;
    const earlier = first.get(place);
    if (earlier === undefined) first.set(place, index);
    else {
      const path = pointerTo(pointerTo("/sensors", index), "address");
      yield { path, message: `${place} is /sensors/${earlier} already`, expected: "another address or bus" };
    }
  }
}

function* checkEnd(path: string, register: number, length: number): Generator<Problem> {
  if (register + length <= registers) return;
  const message = `${length} bytes from register ${register} on pass register ${registers - 1}`;
  yield { path, message, expected: `at most ${registers - register}` };
}

function* checkRegisters(path: string, { setup = [], blocks = [], points }: RegisterMapConfig): Generator<Problem> {
  for (const [index, { register, bytes }] of setup.entries()) {
    yield* checkEnd(pointerTo(pointerTo(pointerTo(path, "setup"), index), "bytes"), register, bytes.length);
  }
  const pauses = setup.reduce((sum, { wait }) => sum + (wait === undefined ? 0 : parseDuration(wait)), 0);
  if (pauses > longestSetup) {
    yield { path: pointerTo(path, "setup"), message: `the pauses come to ${pauses} ms`, expected: `at most ${longestSetup} ms` };
  }
  for (const [index, { register, length }] of blocks.entries()) {
    yield* checkEnd(pointerTo(pointerTo(pointerTo(path, "blocks"), index), "length"), register, length);
  }
  for (const [index, point] of points.entries()) {
    const place = pointerTo(pointerTo(path, "points"), index);
    const { register, length, shift, bits } = fieldOf(point);
    const width = length * 8;
    yield* checkEnd(pointerTo(place, "length"), register, length);
    if (shift >= width) {
      yield { path: pointerTo(place, "shift"), message: `${shift} leaves nothing of ${width} bits`, expected: `at most ${width - 1}` };
    } else if (shift + bits > width) {
      const message = `${bits} bits above ${shift} are more than the ${width} of the value`;
      yield { path: pointerTo(place, "bits"), message, expected: `at most ${width - shift}` };
    }
    if (length === 1 && point.order !== undefined) {
      yield { path: pointerTo(place, "order"), message: "has no effect on a single byte", expected: "a length of 2 or more, or no order" };
    }
  }
}

/** What the schema cannot say about a sensor and its points. @param path pointer of the sensor */
export function* checkSensor(path: string, sensor: SensorConfig, known: KnownToSensors): Generator<Problem> {
  yield* checkName(pointerTo(path, "bus"), sensor.bus, "bus", known.buses);
  yield* checkName(pointerTo(path, "schedule"), sensor.schedule, "schedule", known.schedules);
  yield* checkReport(pointerTo(path, "report"), sensor.report);
  const points = pointerTo(path, "points");
  yield* checkUniqueIds(points, sensor.points, "point of the sensor");
  for (const [index, point] of sensor.points.entries()) {
    const place = pointerTo(points, index);
    yield* checkName(pointerTo(place, "schedule"), point.schedule, "schedule", known.schedules);
    yield* checkReport(pointerTo(place, "report"), point.report);
  }
  if (sensor.chip === "register-map") yield* checkRegisters(path, sensor);
}
