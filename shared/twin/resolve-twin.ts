import { parseDuration } from "../base/duration.ts";
import { type Bytes, bytes, type Millis } from "../base/units.ts";
import type { TwinConfig } from "./twin-config.ts";

/** How the board keeps its twins, with all defaults. */
export interface ResolvedTwin {
  readonly commitInterval: Millis;
  readonly commitDelay: Millis;
  readonly commitSize: number;
  readonly refreshInterval: Millis;
  readonly maxFeatures: number;
  readonly maxDocument: Bytes;
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveTwin(config: TwinConfig = {}): ResolvedTwin {
  return {
    commitInterval: parseDuration(config.commitInterval ?? "1 s"),
    commitDelay: parseDuration(config.commitDelay ?? "0 ms"),
    commitSize: config.commitSize ?? 1024,
    refreshInterval: parseDuration(config.refreshInterval ?? "1 h"),
    maxFeatures: config.maxFeatures ?? 20_000,
    maxDocument: bytes(config.maxDocument ?? 65_536),
  };
}
