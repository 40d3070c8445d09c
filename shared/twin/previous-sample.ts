import type { PointValue } from "../acquisition/sample.ts";
import type { JsonObject } from "../base/json.ts";
import { type Instant, instant } from "../base/units.ts";
import { isPointValue } from "./desired-value.ts";

/** What a stored `reported` still tells of a point after a restart: its last value and when the device had it; `undefined` when there is none. */
export function previousSample(reported: JsonObject | undefined): { readonly value: PointValue; readonly source: Instant } | undefined {
  const { value, source } = reported ?? {};
  return isPointValue(value) && typeof source === "number" ? { value, source: instant(source) } : undefined;
}
