import { parseDuration } from "../base/duration.ts";
import { type Millis, millis } from "../base/units.ts";
import type { PointConfig, ReportRule, ValueLayout, ValueType, WriteRule } from "./point-config.ts";
import type { PointValue } from "./sample.ts";
import { isBitArea, typeOf } from "./values/value-type.ts";

/** A layout that says its type and, for registers, its byte order. */
export type ResolvedLayout = ValueLayout & { readonly type: ValueType };

/** When a fresh value is handed on, with all its defaults. */
export interface ResolvedReport {
  readonly mode: ReportRule["mode"];
  /** Deadband in the point's unit; 0 is none. */
  readonly absolute: number;
  /** Deadband as a share of the last reported value, per cent; 0 is none. */
  readonly percent: number;
  /** Hand on at least this often; `undefined`: only changes. */
  readonly heartbeat: Millis | undefined;
}

/** What may be written, with all its defaults. */
export interface ResolvedWrite {
  /** In the point's unit. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly values: readonly PointValue[] | undefined;
  readonly perMinute: number;
  readonly readBack: boolean;
  readonly expiry: Millis;
  readonly hold: boolean;
}

/** One point with all its defaults: durations parsed, references by name. */
export interface ResolvedPoint {
  readonly id: string;
  readonly layout: ResolvedLayout;
  /** Physical unit. */
  readonly unit: string | undefined;
  readonly description: string | undefined;
  readonly schedule: string;
  readonly access: "read" | "read-write" | "write";
  readonly report: ResolvedReport;
  /** `undefined`: the point cannot be written. */
  readonly write: ResolvedWrite | undefined;
}

/** What a device says for those of its points that say nothing. */
export interface PointDefaults {
  readonly schedule: string;
  readonly report: ReportRule | undefined;
}

const defaultPerMinute = 60;
const defaultExpiry = millis(60_000);

const optionalDuration = (text: string | undefined): Millis | undefined => (text === undefined ? undefined : parseDuration(text));

/** What may be done with a point that does not say. */
export function accessOf(point: PointConfig): ResolvedPoint["access"] {
  return point.access ?? (point.write === undefined ? "read" : "read-write");
}

/** When fresh values of a point or sensor are handed on. @throws {BadDuration} only for what the schema refuses */
export function resolveReport(rule: ReportRule | undefined): ResolvedReport {
  return {
    mode: rule?.mode ?? "always",
    absolute: rule?.absolute ?? 0,
    percent: rule?.percent ?? 0,
    heartbeat: optionalDuration(rule?.heartbeat),
  };
}

function resolveWrite(rule: WriteRule, access: ResolvedPoint["access"]): ResolvedWrite {
  return {
    min: rule.min,
    max: rule.max,
    values: rule.values,
    perMinute: rule.perMinute ?? defaultPerMinute,
    readBack: rule.readBack ?? access !== "write",
    expiry: optionalDuration(rule.expiry) ?? defaultExpiry,
    hold: rule.hold ?? false,
  };
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolvePoint(point: PointConfig, defaults: PointDefaults): ResolvedPoint {
  const { id, unit, description, schedule, access: _access, report, write, ...layout } = point;
  const access = accessOf(point);
  return {
    id,
    layout: { ...layout, type: typeOf(layout), ...(!isBitArea(layout.area) && { order: layout.order ?? "ABCD" }) },
    unit,
    description,
    schedule: schedule ?? defaults.schedule,
    access,
    report: resolveReport(report ?? defaults.report),
    write: write === undefined || access === "read" ? undefined : resolveWrite(write, access),
  };
}
