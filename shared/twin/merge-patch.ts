import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";

/**
 * Applies a merge patch: members of `patch` replace those of `target`, null removes, objects merge, anything else replaces whole.
 * Neither argument changes; the result shares parts with both. Names such as `__proto__` are names like any other.
 * The recursion is as deep as `patch`: bound that first, see {@link depthWithin}.
 * @see RFC 7396 §2
 */
export function mergePatch(target: JsonValue | undefined, patch: JsonObject): JsonObject;
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue;
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, JsonValue> = isJsonObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name] ?? null;
    if (value === null) delete merged[name];
    else setMember(merged, name, mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value));
  }
  return merged;
}

/** Sets a member of any name; an assignment to `__proto__` would set the prototype instead. */
function setMember(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === "__proto__") Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** True when no more than `limit` objects and arrays lie inside one another. Looks no deeper than that. */
export function depthWithin(value: JsonValue, limit: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (limit === 0) return false;
  for (const member of Object.values(value)) if (!depthWithin(member, limit - 1)) return false;
  return true;
}
