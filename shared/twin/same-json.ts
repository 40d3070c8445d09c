import { isJsonObject, type JsonValue } from "../base/json.ts";

/**
 * True when two values say the same; members of objects in any order.
 * @param tolerance numbers this far apart still say the same, in their own unit
 */
export function sameJson(left: JsonValue, right: JsonValue, tolerance = 0): boolean {
  if (left === right) return true;
  if (typeof left === "number" && typeof right === "number") return Math.abs(left - right) <= tolerance;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((value: JsonValue, at) => sameJson(value, right[at] ?? null, tolerance))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name] ?? null, right[name] ?? null, tolerance))
  );
}
