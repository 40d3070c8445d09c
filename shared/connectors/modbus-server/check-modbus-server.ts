import { QuantityLimit } from "../../acquisition/modbus/modbus-function.ts";
import { checkLayout } from "../../acquisition/values/check-layout.ts";
import { isBitArea, sharesRegister, spanOf, typeOf } from "../../acquisition/values/value-type.ts";
import { checkDuration } from "../../base/check-duration.ts";
import { orMaybe } from "../../base/check-schema.ts";
import { pointerTo } from "../../base/json-pointer.ts";
import type { Problem } from "../../base/problem.ts";
import { millis } from "../../base/units.ts";
import type { ModbusServerConfig, ServedRegister } from "../modbus-server-config.ts";
import { parseNetwork } from "./network.ts";
import { layoutOf, modbusServerDefaults } from "./resolve-modbus-server.ts";
import type { SourcePoint, SourcePoints } from "./source-point.ts";

/** True for an address that only this machine can reach. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

const shown = (names: readonly string[]): string => names.slice(0, 20).join(", ");

function* unknown(path: string, noun: string, name: string, known: readonly string[]): Generator<Problem> {
  const expected = known.length === 0 ? `a ${noun}, and there is none` : orMaybe(`one of ${shown(known)}`, name, known);
  yield { path, message: `there is no ${noun} "${name}"`, expected };
}

/** The kinds of value that a register can show of a point. */
function* checkKind(path: string, register: ServedRegister, point: SourcePoint): Generator<Problem> {
  const type = typeOf(register);
  const what = `${register.thing}/${register.feature}`;
  if (point.list) yield { path, message: `${what} is a list of values`, expected: "a point of one value" };
  else if (type === "string" && point.kind !== "string" && point.names === undefined) {
    yield { path: pointerTo(path, "type"), message: `string cannot hold ${what}, a ${point.kind}`, expected: "a type of numbers" };
  } else if (type !== "string" && point.kind === "string") {
    yield { path: pointerTo(path, "type"), message: `${type} cannot hold ${what}, a text`, expected: "string, with length" };
  } else if (type === "bool" && point.kind === "number") {
    yield { path: pointerTo(path, "area"), message: `a single bit cannot hold ${what}, a number`, expected: "input or holding" };
  } else if (point.kind === "bool" || point.names !== undefined) {
    for (const key of ["scale", "offset"] as const) {
      const held = point.kind === "bool" ? "true or false" : "names";
      if (register[key] !== undefined)
        yield { path: pointerTo(path, key), message: `${what} is ${held}, which cannot be scaled`, expected: `no ${key}` };
    }
  }
}

function* checkWrite(path: string, register: ServedRegister, point: SourcePoint): Generator<Problem> {
  if (register.write !== true) return;
  const place = pointerTo(path, "write");
  if (register.area === "input" || register.area === "discrete") {
    yield { path: place, message: `area ${register.area} cannot be written`, expected: "false, or area coil or holding" };
  }
  if (!point.writable) {
    const expected = "false, or a write rule of the point";
    yield { path: place, message: `${register.thing}/${register.feature} has no write rule`, expected };
  }
  if (!isBitArea(register.area) && spanOf(register) > QuantityLimit.writeRegisters) {
    const expected = `at most ${QuantityLimit.writeRegisters}`;
    yield { path: place, message: `${spanOf(register)} registers cannot be written at once`, expected };
  }
}

function* checkRegister(path: string, register: ServedRegister, points: SourcePoints): Generator<Problem> {
  const features = points.get(register.thing);
  if (features === undefined) {
    yield* unknown(pointerTo(path, "thing"), "device or sensor", register.thing, [...points.keys()]);
    return;
  }
  const point = features.get(register.feature);
  if (point === undefined) {
    yield* unknown(pointerTo(path, "feature"), `point of ${register.thing}`, register.feature, [...features.keys()]);
    return;
  }
  if (sharesRegister(register)) {
    const type = typeOf(register);
    const expected = type === "bool" ? "uint16, where true is 1, or area coil or discrete" : `${type === "int8" ? "int16" : "uint16"}`;
    yield { path: pointerTo(path, "type"), message: `${type} takes a part of a register`, expected };
    return;
  }
  const contradiction = checkLayout(register);
  if (contradiction !== undefined) {
    yield { path, message: contradiction, expected: "a layout without contradiction" };
    return;
  }
  const kinds = [...checkKind(path, register, point)];
  yield* kinds;
  const named = kinds.length === 0 ? checkLayout(layoutOf(register, point)) : undefined;
  if (named !== undefined) {
    const message = `the names of ${register.thing}/${register.feature} do not fit: ${named}`;
    yield { path: pointerTo(path, "type"), message, expected: "a type of integers that holds them, or string" };
  }
  yield* checkWrite(path, register, point);
}

function* checkOverlaps(path: string, registers: readonly ServedRegister[]): Generator<Problem> {
  const sorted = registers
    .map((register, index) => ({ register, index, end: register.address + spanOf(register) }))
    .sort((a, b) =>
      a.register.area < b.register.area ? -1 : a.register.area > b.register.area ? 1 : a.register.address - b.register.address,
    );
  let last = sorted[0];
  for (const next of sorted.slice(1)) {
    if (last !== undefined && next.register.area === last.register.area && next.register.address < last.end) {
      const [later, earlier] = next.index > last.index ? [next, last] : [last, next];
      const { area, address } = earlier.register;
      const taken = earlier.end - address === 1 ? `${area} ${address}` : `${area} ${address} to ${earlier.end - 1}`;
      yield {
        path: pointerTo(pointerTo(path, later.index), "address"),
        message: `${area} ${later.register.address} overlaps ${pointerTo(path, earlier.index)}, which takes ${taken}`,
        expected: "an address of its own",
      };
      if (next.end <= last.end) continue;
    }
    last = next;
  }
}

/** What the schema cannot say about the Modbus server. @param points of all devices and sensors */
export function* checkModbusServer(path: string, config: ModbusServerConfig, points: SourcePoints): Generator<Problem> {
  yield* checkDuration(pointerTo(path, "idleTimeout"), config.idleTimeout, millis(1000));
  for (const [index, entry] of (config.allow ?? []).entries()) {
    if (parseNetwork(entry) !== undefined) continue;
    const expected = 'an IPv4 or IPv6 address, or a network as in "192.168.1.0/24"';
    yield { path: pointerTo(pointerTo(path, "allow"), index), message: `"${entry}" is not an address`, expected };
  }
  const { host = modbusServerDefaults.host } = config;
  if (config.allow === undefined && !isLoopback(host) && config.registers.some(({ write }) => write === true)) {
    const expected = 'the addresses and networks that may connect, "0.0.0.0/0" and "::/0" for all';
    yield { path: pointerTo(path, "allow"), message: `missing, though other machines can write through ${host}`, expected };
  }
  const registers = pointerTo(path, "registers");
  for (const [index, register] of config.registers.entries()) yield* checkRegister(pointerTo(registers, index), register, points);
  yield* checkOverlaps(registers, config.registers);
}
