import { isRecord } from "./same-value.ts";

/** True for a half of a feature that is a sample or carries just a value of several members. */
export function isKnownPart(half: Readonly<Record<string, unknown>>): boolean {
  return isRecord(half["value"]) && Object.keys(half).every((key) => ["value", "quality", "source", "received", "reason"].includes(key));
}
