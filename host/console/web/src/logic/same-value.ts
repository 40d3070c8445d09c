/** True when two JSON values are the same, numbers within `tolerance`. */
export function sameValue(a: unknown, b: unknown, tolerance = 0): boolean {
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b) <= Math.max(tolerance, Math.abs(b) * 1e-9);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((part, index) => sameValue(part, b[index], tolerance));
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameValue(a[key], b[key], tolerance));
  }
  return a === b;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
