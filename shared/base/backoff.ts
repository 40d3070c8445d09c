import { type Millis, millis } from "./units.ts";

/** How a retry waits longer each time. */
export interface BackoffRange {
  readonly initial: Millis;
  readonly max: Millis;
}

/**
 * The wait before retry number `attempt` (1, 2, …): doubles from `initial` to `max`, the upper half of it random so that many callers spread out.
 * @param random gives a number in [0, 1)
 */
export function backoffDelay(range: BackoffRange, attempt: number, random: () => number): Millis {
  const full = Math.min(range.max, range.initial * 2 ** Math.min(attempt - 1, 30));
  return millis(Math.max(range.initial, full * (0.5 + random() / 2)));
}
