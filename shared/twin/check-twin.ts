import { checkDuration } from "../base/check-duration.ts";
import type { Problem } from "../base/problem.ts";
import { millis } from "../base/units.ts";
import type { TwinConfig } from "./twin-config.ts";

/** What the schema cannot say about the twins. */
export function* checkTwin(config: TwinConfig): Generator<Problem> {
  yield* checkDuration("/twin/commitInterval", config.commitInterval, millis(1));
  yield* checkDuration("/twin/commitDelay", config.commitDelay, millis(0));
  yield* checkDuration("/twin/refreshInterval", config.refreshInterval, millis(1000));
}
