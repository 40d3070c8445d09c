import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { FeatureOfThing } from "../documents/feature-of-thing-document.ts";
import { sameJson } from "../same-json.ts";

/** A desired or reported part as JSON; these come from JSON only. */
export function partOf(part: Readonly<Record<string, unknown>> | undefined): JsonObject | undefined {
  return part !== undefined && isJsonObject(part) ? part : undefined;
}

/** What a command that carries the intent says: `desired.value` where there is one, else all of `desired`, as for settings. */
export function wantedValue(feature: Pick<FeatureOfThing, "desired">): JsonValue | undefined {
  const desired = partOf(feature.desired);
  if (desired === undefined) return undefined;
  return Object.hasOwn(desired, "value") ? desired["value"] : desired;
}

/** A number that went through 32 bits of a device is off by less than this share of itself. */
const float32Share = 2 ** -22;

/**
 * True when what a device has is what was wanted: every leaf that is wanted, numbers within `tolerance` or the rounding of single precision.
 * @param tolerance in the unit of the value
 */
export function meets(found: JsonValue | undefined, wanted: JsonValue, tolerance = 0): boolean {
  if (found === undefined) return false;
  if (typeof wanted === "number" && typeof found === "number")
    return Math.abs(found - wanted) <= Math.max(tolerance, Math.abs(wanted) * float32Share);
  if (typeof wanted === "boolean" && (found === 0 || found === 1)) return wanted === (found === 1);
  if (Array.isArray(wanted))
    return Array.isArray(found) && found.length === wanted.length && wanted.every((one: JsonValue, at) => meets(found[at], one, tolerance));
  if (!isJsonObject(wanted)) return sameJson(found, wanted);
  return (
    isJsonObject(found) && Object.entries(wanted).every(([name, one]) => Object.hasOwn(found, name) && meets(found[name], one, tolerance))
  );
}
