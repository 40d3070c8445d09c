import { parseDuration } from "../base/duration.ts";
import type { Millis } from "../base/units.ts";
import type { DeviceConfig } from "./device-config.ts";
import type { ReadLimits } from "./reads/plan-reads.ts";
import type { ResolvedLine } from "./resolve-line.ts";
import { type ResolvedPoint, resolvePoint } from "./resolve-point.ts";
import { defaultScheduleName } from "./tasks/resolve-schedule.ts";

/** What polling needs to know of a device, whatever it is: a Modbus unit or a sensor on a bus. */
export interface PolledDevice {
  /** The thing's id. */
  readonly thing: string;
  /** Line or bus. */
  readonly lineId: string;
  /** Modbus unit, or address on the bus. */
  readonly unit: number;
  /** Missed cycles until values turn stale. */
  readonly staleAfter: number;
}

/** A unit with its points and all their defaults. */
export interface ResolvedDevice extends PolledDevice {
  readonly name: string | undefined;
  readonly timeout: Millis;
  /** Silence before a request; `undefined`: none, or as learned. */
  readonly turnaround: Millis | undefined;
  readonly limits: ReadLimits;
  /** Find out by trying what the unit refuses. */
  readonly learn: boolean;
  readonly points: readonly ResolvedPoint[];
}

const defaultStaleAfter = 3;

/** Largest reads of the protocol. Modbus Application Protocol V1.1b3 §6.1 and §6.3. */
const protocolLimits = { registers: 125, bits: 2000 } as const;

const durationOr = (text: string | undefined, usual: Millis): Millis => (text === undefined ? usual : parseDuration(text));

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
    turnaround: device.turnaround === undefined ? ("turnaround" in line ? line.turnaround : undefined) : parseDuration(device.turnaround),
    limits: resolveLimits(device.limits),
    learn: device.limits?.learn ?? true,
    points: device.points.map((point) => resolvePoint(point, defaults)),
  };
}
