import type { PointValue, Sample } from "../acquisition/sample.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";

/** A point's value as JSON: `bigint` as a decimal string, numbers that JSON cannot say (NaN, infinities) as null. */
export function jsonOfPointValue(value: PointValue | null): JsonValue {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "object" && value !== null ? value.map(jsonOfPointValue) : value;
}

/**
 * What `reported` says of a sample: `{value, quality, source, received, reason?}`, both times in milliseconds since 1970.
 * A number that is none (NaN, an infinity) is null and `bad`, whatever its sample says.
 */
export function reportedOf(sample: Sample): JsonObject {
  const { source, received } = sample;
  const value = jsonOfPointValue(sample.value);
  const numberless = value === null && sample.value !== null;
  const quality = numberless ? "bad" : sample.quality;
  const reason = sample.reason ?? (numberless ? `the value is ${sample.value}, which is no number` : undefined);
  return reason === undefined ? { value, quality, source, received } : { value, quality, source, received, reason };
}

/** `JSON.stringify(reportedOf(sample))`, for the samples that come often without making the object. */
export function reportedText(sample: Sample): string {
  const { value, reason } = sample;
  const plain = typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
  if (!plain || reason !== undefined) return JSON.stringify(reportedOf(sample));
  // A template writes minus zero as JSON does: 0.
  return `{"value":${value},"quality":"${sample.quality}","source":${sample.source},"received":${sample.received}}`;
}

/** True when two point values are the same, arrays element by element; NaN is NaN. */
export function samePointValue(left: PointValue | null, right: PointValue | null): boolean {
  if (left === right) return true;
  if (typeof left === "number") return Object.is(left, right);
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null || left.length !== right.length)
    return false;
  for (let at = 0; at < left.length; at++) if (!samePointValue(left[at] ?? null, right[at] ?? null)) return false;
  return true;
}
