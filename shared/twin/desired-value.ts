import type { PointValue } from "../acquisition/sample.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { type Instant, instant } from "../base/units.ts";

/** What `desired` of a point's feature holds: the value, who asked for it and when. */
export interface DesiredValue {
  readonly value: PointValue;
  readonly by: string;
  readonly at: Instant;
  /** Came with a command: a later start of the board does not take it up. */
  readonly once?: true;
}

/** Reads a `desired` document; `undefined` when it is not of this shape. */
export function desiredValue(document: JsonObject | undefined): DesiredValue | undefined {
  if (!isJsonObject(document)) return undefined;
  const { value, by, at, once } = document;
  if (!isPointValue(value) || typeof by !== "string" || typeof at !== "number") return undefined;
  return { value, by, at: instant(at), ...(once === true && { once }) };
}

/** True for what a point can hold and JSON can say. */
export function isPointValue(value: JsonValue | undefined): value is Exclude<PointValue, bigint> & JsonValue {
  if (Array.isArray(value)) return value.every(isPointValue);
  return typeof value === "boolean" || typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}
