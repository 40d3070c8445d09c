import { parseDuration } from "../base/duration.ts";
import type { Millis } from "../base/units.ts";
import type { BoardFacts } from "./board-facts.ts";
import type { WatchdogConfig } from "./watchdog-config.ts";

/** The hardware watchdog with all defaults. */
export interface ResolvedWatchdog {
  /** Path. */
  readonly device: string;
  /** `undefined`: a third of the device's own time limit. */
  readonly interval: Millis | undefined;
}

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveWatchdog({ device, interval }: WatchdogConfig, board: BoardFacts | undefined): ResolvedWatchdog {
  return {
    device: device === "board" ? (board?.watchdog?.device ?? "/dev/watchdog") : device,
    interval: interval === undefined ? undefined : parseDuration(interval),
  };
}
