import type { Quality } from "../../../../../shared/acquisition/sample.ts";

const names: readonly string[] = ["good", "uncertain", "bad", "stale"] satisfies readonly Quality[];

/** True for the name of a quality. */
export function isQuality(value: unknown): value is Quality {
  return typeof value === "string" && names.includes(value);
}
