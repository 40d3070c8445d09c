import { isJsonObject, type JsonValue } from "../base/json.ts";
import { sameJson } from "./same-json.ts";

/**
 * True when every leaf of `desired` stands in `reported` with an equal value: the intent is met. What only `reported` has does not matter.
 * Arrays are leaves, equal when of one length and equal in each element, whole.
 * @param tolerance numbers this far apart are still equal, in their own unit
 */
export function covers(reported: JsonValue | undefined, desired: JsonValue | undefined, tolerance = 0): boolean {
  if (desired === undefined) return true;
  if (!isJsonObject(desired)) return reported !== undefined && sameJson(reported, desired, tolerance);
  for (const [name, wanted] of Object.entries(desired)) {
    const found = isJsonObject(reported) && Object.hasOwn(reported, name) ? reported[name] : undefined;
    if (!covers(found, wanted, tolerance)) return false;
  }
  return true;
}
