import { isKnownPart } from "./known-part.ts";

/** What a half of a feature holds: the value of a sample where it is one, else itself. */
export function sampledPart(half: Readonly<Record<string, unknown>> | undefined): unknown {
  if (half === undefined) return undefined;
  return isKnownPart(half) ? half["value"] : half;
}
