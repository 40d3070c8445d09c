import type { PollRead } from "../../shared/acquisition/reads/poll-plan.ts";
import type { Millis } from "../../shared/base/units.ts";
import type { LivePoint } from "./live-point.ts";

/** Values whose answers come together, with what became of them lately. */
export interface PolledGroup {
  readonly values: readonly LivePoint[];
  /** Monotonic time of the last usable answer. */
  answered: Millis;
  /** Runs without a usable answer since then. */
  missed: number;
}

/** One request of a poll. */
export interface ActiveRead extends PolledGroup {
  readonly read: PollRead<LivePoint>;
  /** Times in a row that nothing came, and when that began. */
  silent: number;
  silentSince: Millis;
  /** It is not asked before this, because the unit keeps refusing it for a reason of its own. */
  restUntil: number;
  restStep: number;
  reason: string;
}

const rests = { short: { first: 1000, most: 60_000 }, long: { first: 60_000, most: 86_400_000 } } as const;

/** A read that begins; values that had answers before bring them along. */
export function activeRead(read: PollRead<LivePoint>, before: ReadonlyMap<LivePoint, PolledGroup>, now: Millis): ActiveRead {
  let answered = now;
  let missed = 0;
  for (const live of read.values) {
    const known = before.get(live);
    if (known === undefined) continue;
    if (known.answered < answered) answered = known.answered;
    missed = Math.max(missed, known.missed);
  }
  return { read, values: read.values, answered, missed, silent: 0, silentSince: now, restUntil: 0, restStep: 0, reason: "" };
}

export function isResting(active: ActiveRead, now: Millis): boolean {
  return active.restUntil > now;
}

/** Leaves a read that was refused alone, longer each time. @param kind `short` the device has trouble · `long` it does not know the function */
export function rest(active: ActiveRead, reason: string, kind: keyof typeof rests, now: Millis): void {
  const { first, most } = rests[kind];
  active.restUntil = now + Math.min(most, first * 2 ** active.restStep);
  active.restStep = Math.min(active.restStep + 1, 30);
  active.reason = reason;
}
