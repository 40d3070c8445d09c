import { parseDuration } from "../base/duration.ts";
import type { Millis } from "../base/units.ts";
import type { TwinConfig } from "./twin-config.ts";

/** How the board keeps its twins, with all defaults. */
export interface ResolvedTwin {
  readonly commitInterval: Millis;
  readonly commitSize: number;
  readonly maxFeatures: number;
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveTwin(config: TwinConfig | undefined): ResolvedTwin {
  return {
    commitInterval: parseDuration(config?.commitInterval ?? "1 s"),
    commitSize: config?.commitSize ?? 4096,
    maxFeatures: config?.maxFeatures ?? 20_000,
  };
}
