import { parseDuration } from "../base/duration.ts";
import { type Millis, millis } from "../base/units.ts";
import type { DeviceConfig, LineConfig } from "./device-config.ts";
import type { ReadLimits } from "./reads/plan-reads.ts";
import { type ResolvedPoint, resolvePoint } from "./resolve-point.ts";
import { defaultScheduleName } from "./tasks/resolve-schedule.ts";

/** A line with all its defaults. */
export interface ResolvedLine {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Transactions under way at once, or found out by trying. */
  readonly inFlight: number | "learn";
  readonly connectTimeout: Millis;
  readonly timeout: Millis;
}

/** A unit with its points and all their defaults. */
export interface ResolvedDevice {
  /** The thing's id. */
  readonly thing: string;
  readonly name: string | undefined;
  readonly lineId: string;
  readonly unit: number;
  /** Missed cycles until values turn stale. */
  readonly staleAfter: number;
  readonly timeout: Millis;
  readonly limits: ReadLimits;
  readonly points: readonly ResolvedPoint[];
}

const modbusPort = 502;
const defaultTimeout = millis(1000);
const defaultConnectTimeout = millis(3000);
const defaultStaleAfter = 3;

/** Largest reads of the protocol. Modbus Application Protocol V1.1b3 §6.1 and §6.3. */
const protocolLimits = { registers: 125, bits: 2000 } as const;

const durationOr = (text: string | undefined, usual: Millis): Millis => (text === undefined ? usual : parseDuration(text));

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveLine(line: LineConfig): ResolvedLine {
  return {
    id: line.id,
    host: line.host,
    port: line.port ?? modbusPort,
    inFlight: line.inFlight ?? 1,
    connectTimeout: durationOr(line.connectTimeout, defaultConnectTimeout),
    timeout: durationOr(line.timeout, defaultTimeout),
  };
}

/** What a unit's reads may be. */
export function resolveLimits(limits: DeviceConfig["limits"]): ReadLimits {
  return {
    registers: limits?.registers ?? protocolLimits.registers,
    bits: limits?.bits ?? protocolLimits.bits,
    bridge: limits?.bridge ?? true,
  };
}

/** Fills in the defaults. @param line the device's line: gives the timeout of a device that names none. @throws {BadDuration} only for what the schema refuses */
export function resolveDevice(device: DeviceConfig, line: ResolvedLine): ResolvedDevice {
  const defaults = { schedule: device.schedule ?? defaultScheduleName, report: device.report };
  return {
    thing: device.id,
    name: device.name,
    lineId: device.line,
    unit: device.unit ?? 1,
    staleAfter: device.staleAfter ?? defaultStaleAfter,
    timeout: durationOr(device.timeout, line.timeout),
    limits: resolveLimits(device.limits),
    points: device.points.map((point) => resolvePoint(point, defaults)),
  };
}
