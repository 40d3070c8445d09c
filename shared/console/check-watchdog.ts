import { checkDuration } from "../base/check-duration.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import type { WatchdogConfig } from "./watchdog-config.ts";

/** What the schema cannot say about the watchdog. */
export function* checkWatchdog({ device, interval }: WatchdogConfig): Generator<Problem> {
  if (device !== "board" && !device.startsWith("/")) {
    yield { path: "/watchdog/device", message: `"${device}" is no path`, expected: "a path such as /dev/watchdog, or board" };
  }
  yield* checkDuration("/watchdog/interval", interval, millis(500));
}
