import type { RegisterArea } from "../../acquisition/point-config.ts";
import type { ResolvedLayout } from "../../acquisition/resolve-point.ts";
import { isBitArea, typeOf } from "../../acquisition/values/value-type.ts";
import { parseDuration } from "../../base/duration.ts";
import type { Millis } from "../../base/units.ts";
import type { ModbusServerConfig, ServedRegister } from "../modbus-server-config.ts";
import type { SourcePoint, SourcePoints } from "./source-point.ts";

/** One served value with all its defaults. */
export interface ResolvedRegister {
  readonly thing: string;
  readonly feature: string;
  readonly area: RegisterArea;
  readonly layout: ResolvedLayout;
  /** What the point itself holds: a bool in a register of numbers is 0 or 1. */
  readonly kind: SourcePoint["kind"];
  readonly write: boolean;
}

/** The server with all its defaults. */
export interface ResolvedModbusServer {
  readonly host: string;
  readonly port: number;
  /** `undefined`: every unit. */
  readonly unit: number | undefined;
  readonly clients: number;
  readonly idleTimeout: Millis;
  /** Addresses and networks; `undefined`: all. */
  readonly allow: readonly string[] | undefined;
  readonly whenBad: "exception" | "last";
  readonly registers: readonly ResolvedRegister[];
}

export const modbusServerDefaults = { host: "127.0.0.1", port: 1502 } as const;

/** Where a value lies, as the codec wants it; names of the point go with integers, since clients read the raw ones. */
export function layoutOf(register: ServedRegister, point: SourcePoint | undefined): ResolvedLayout {
  const { thing: _thing, feature: _feature, write: _write, ...place } = register;
  const type = typeOf(place);
  const names = type === "string" || place.scale !== undefined || place.offset !== undefined ? undefined : point?.names;
  return {
    ...place,
    type,
    ...(!isBitArea(place.area) && { order: place.order ?? "ABCD" }),
    ...(names !== undefined && { names }),
  };
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveModbusServer(config: ModbusServerConfig, points: SourcePoints): ResolvedModbusServer {
  return {
    host: config.host ?? modbusServerDefaults.host,
    port: config.port ?? modbusServerDefaults.port,
    unit: config.unit,
    clients: config.clients ?? 16,
    idleTimeout: parseDuration(config.idleTimeout ?? "10 min"),
    allow: config.allow,
    whenBad: config.whenBad ?? "exception",
    registers: config.registers.map((register) => {
      const { thing, feature, area } = register;
      const point = points.get(thing)?.get(feature);
      return { thing, feature, area, layout: layoutOf(register, point), kind: point?.kind ?? "number", write: register.write ?? false };
    }),
  };
}
