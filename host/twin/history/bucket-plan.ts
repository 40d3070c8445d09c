import { hour, minute } from "./history-time.ts";
import type { PrunedState } from "./pruned-state.ts";

/** Spans at most, whatever was asked for. */
const mostBuckets = 100_000;
/** From here on spans are whole hours: rounding up to one costs little then. */
const hoursFrom = 12 * hour;

/** Equal spans that cover what was asked for. Times are whole milliseconds. */
export interface BucketPlan {
  /** Begin of the first and end of the last span: multiples of `width`. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** The coarsest sums of which every span has whole ones. */
  readonly grain: "reading" | "minute" | "hour";
}

export interface BucketWish {
  readonly from: number;
  /** Beyond `from`. */
  readonly to: number;
  readonly buckets: number;
  /** Sums do not help: the answer is in the readings alone. */
  readonly readingsOnly: boolean;
}

/**
 * Chooses the shortest span that gives at most so many of them. Short spans are whole milliseconds, from a second on whole seconds, from a minute on whole
 * minutes, from twelve hours on whole hours. Where readings, or sums of minutes, were pruned already, spans are no shorter than what is left.
 */
export function planBuckets(wish: BucketWish, pruned: PrunedState): BucketPlan {
  for (const [unit, below, needs] of [
    [1, 1000, pruned.readings],
    [1000, minute, pruned.readings],
    [minute, hoursFrom, pruned.minutes],
  ] as const) {
    const plan = cover(wish, unit);
    if (plan.width < below && (wish.readingsOnly || plan.from >= needs)) return plan;
  }
  return cover(wish, hour);
}

function cover({ from, to, buckets, readingsOnly }: BucketWish, unit: number): BucketPlan {
  const most = Math.min(mostBuckets, Math.max(1, Math.floor(buckets)));
  let width = Math.max(1, Math.ceil((to - from) / most / unit)) * unit;
  // Edges that are moved out can make it one too many. A single span may never hold both sides of 1970.
  while (Math.ceil(to / width) - Math.floor(from / width) > Math.max(most, from < 0 && to > 0 ? 2 : 1)) {
    width = Math.ceil((width * 1.001) / unit + 0.5) * unit;
  }
  const grain = readingsOnly || width % minute !== 0 ? "reading" : width % hour === 0 ? "hour" : "minute";
  return { from: Math.floor(from / width) * width, to: Math.ceil(to / width) * width, width, grain };
}
