/** A run of addresses that must lie whole in one request. */
export interface Stretch {
  /** First address. */
  readonly start: number;
  /** One past the last address. */
  readonly end: number;
  /** True when a request may hold this stretch together with the one before it. */
  readonly joins: boolean;
}

/** What a request may hold and costs, for one kind of register. */
export interface CutTerms {
  readonly limit: number;
  readonly perRequest: number;
  readonly perItem: number;
}

/**
 * Divides stretches into the cheapest set of requests, each from the start of its first to the end of its last stretch.
 *
 * The cheapest division up to stretch j that ends in a request i…j costs `best[i] + perRequest + perItem × (end[j] − start[i])`. What depends on i
 * is one number, and the allowed i are a window that only moves right, so a queue of falling candidates gives each minimum in constant time: O(n).
 * @param stretches rising both in `start` and in `end`, none longer than the limit
 * @returns the index of the first stretch of each request, rising; of equal divisions the one with the longer last request
 */
export function cheapestCuts(stretches: readonly Stretch[], terms: CutTerms): readonly number[] {
  const count = stretches.length;
  const { limit, perRequest, perItem } = terms;
  const starts = new Float64Array(count);
  /** Where the last request of the cheapest division up to each stretch begins. */
  const opens = new Int32Array(count);
  const offers = new Float64Array(count);
  const queue = new Int32Array(count);
  let head = 0;
  let tail = 0;
  let best = 0;
  for (let last = 0; last < count; last++) {
    const stretch = stretches[last];
    if (stretch === undefined) break;
    const { start, end } = stretch;
    starts[last] = start;
    if (!stretch.joins) head = tail;
    while (head < tail && end - (starts[queue[head] ?? 0] ?? 0) > limit) head++;
    const offer = best - perItem * start;
    while (head < tail && (offers[queue[tail - 1] ?? 0] ?? 0) > offer) tail--;
    offers[last] = offer;
    queue[tail++] = last;
    const open = queue[head] ?? 0;
    opens[last] = open;
    best = (offers[open] ?? 0) + perRequest + perItem * end;
  }
  const cuts: number[] = [];
  for (let last = count - 1; last >= 0; last = (opens[last] ?? 0) - 1) cuts.push(opens[last] ?? 0);
  return cuts.reverse();
}
