import type { Quality } from "../../../../../shared/acquisition/sample.ts";

/** From best to worst. */
const ranks: readonly Quality[] = ["good", "uncertain", "stale", "bad"];

/** The worst of some qualities; `undefined` of none. */
export function worstQuality(qualities: Iterable<Quality>): Quality | undefined {
  let worst = -1;
  for (const quality of qualities) worst = Math.max(worst, ranks.indexOf(quality));
  return ranks[worst];
}
