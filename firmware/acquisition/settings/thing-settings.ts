import { durationPattern, parseDuration } from "../../../shared/base/duration.ts";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";

/** What is set of one point. */
export interface PointSettings {
  /** Milliseconds between two polls. */
  readonly period?: number;
  /** Only differences of at least so much are handed on, in the point's unit. */
  readonly deadband?: number;
}

/** What is set of the polling of a thing; what is absent is as configured. */
export interface ThingSettings {
  /** False: nothing is polled. */
  readonly enabled?: boolean;
  /** Milliseconds between two polls of all points that have no period of their own here. */
  readonly period?: number;
  readonly points?: Readonly<Record<string, PointSettings>>;
}

/** The settings cannot be taken: those before stay in force. */
export class SettingsRefused extends EdgeError {
  readonly code = "EDGE_SETTINGS_REFUSED";
  constructor(member: string, expected: string) {
    super(`settings, ${member}: expected ${expected}`);
  }
}

const shortest = 10;
const longest = 86_400_000;
const durationForm = new RegExp(durationPattern);
const periodForm = `a period from ${shortest} ms to 1 d, as in 500 or "500 ms"`;

/**
 * Reads settings strictly; periods come as milliseconds or as durations.
 * @param polled the ids of the points that are polled
 * @throws {SettingsRefused}
 */
export function parseSettings(document: JsonValue, polled: ReadonlySet<string>): ThingSettings {
  if (!isJsonObject(document)) throw new SettingsRefused("the whole", "an object of enabled, period and points, or null");
  const { enabled, period, points, ...others } = document;
  refuseOthers("", others, "enabled, period and points");
  if (enabled !== undefined && typeof enabled !== "boolean") throw new SettingsRefused("enabled", "true or false");
  return {
    ...(enabled !== undefined && { enabled }),
    ...(period !== undefined && { period: parsePeriod("period", period) }),
    ...(points !== undefined && { points: parsePoints(points, polled) }),
  };
}

function parsePoints(document: JsonValue, polled: ReadonlySet<string>): Readonly<Record<string, PointSettings>> {
  if (!isJsonObject(document)) throw new SettingsRefused("points", "an object of points by id");
  const points: [string, PointSettings][] = [];
  for (const [id, one] of Object.entries(document)) {
    const name = `points.${id.slice(0, 64)}`;
    if (!polled.has(id)) throw new SettingsRefused(name, `one of the points that are polled: ${[...polled].slice(0, 20).join(", ")}`);
    if (!isJsonObject(one)) throw new SettingsRefused(name, "an object of period and deadband");
    const { period, deadband, ...others } = one;
    refuseOthers(`${name}.`, others, "period and deadband");
    if (deadband !== undefined && (typeof deadband !== "number" || !(deadband >= 0 && deadband < Number.POSITIVE_INFINITY)))
      throw new SettingsRefused(`${name}.deadband`, "a number of at least 0, in the unit of the point");
    points.push([
      id,
      { ...(period !== undefined && { period: parsePeriod(`${name}.period`, period) }), ...(deadband !== undefined && { deadband }) },
    ]);
  }
  return Object.fromEntries(points);
}

function parsePeriod(name: string, given: JsonValue): number {
  const period = typeof given === "string" && durationForm.test(given) ? parseDuration(given) : given;
  if (typeof period !== "number" || !(period >= shortest && period <= longest)) throw new SettingsRefused(name, periodForm);
  return Math.round(period);
}

function refuseOthers(place: string, others: object, expected: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new SettingsRefused(`${place}${other.slice(0, 64)}`, `${expected} only`);
}
