import { EdgeError } from "../../base/edge-error.ts";
import type { RegisterArea } from "../point-config.ts";
import { isBitArea } from "../values/value-type.ts";
import { cheapestCuts, type Stretch } from "./cheapest-cuts.ts";
import { costPerItem, type ReadCost } from "./read-cost.ts";

/** One value to be read: `span` registers or bits from `address`, zero-based as on the wire. */
export interface WantedRange {
  readonly area: RegisterArea;
  readonly address: number;
  readonly span: number;
}

/** What a unit bears. */
export interface ReadLimits {
  /** Largest read of registers, at most 125. Modbus Application Protocol V1.1b3 §6.3, §6.4. */
  readonly registers: number;
  /** Largest read of bits, at most 2000. Modbus Application Protocol V1.1b3 §6.1, §6.2. */
  readonly bits: number;
  /** May a read cover addresses that nothing wants. */
  readonly bridge: boolean;
  /** Addresses `from` to `to`, both included, that the unit refuses: no read covers any of them. */
  readonly holes?: readonly { readonly area: RegisterArea; readonly from: number; readonly to: number }[];
}

/** One request of a plan. */
export interface PlannedRead {
  readonly area: RegisterArea;
  readonly address: number;
  readonly quantity: number;
  /** Indices of the wanted ranges it serves, by address. */
  readonly wanted: readonly number[];
}

/** A wanted range fits no request: longer than the unit's limit, empty, or beyond address 65535. */
export class RangeTooLarge extends EdgeError {
  readonly code = "EDGE_PLAN_RANGE";
  readonly range: WantedRange;
  constructor(range: WantedRange, limit: number) {
    super(`${range.area} ${range.address} spans ${range.span}: expected 1 to ${limit} and an end at or below 65535`);
    this.range = range;
  }
}

interface IndexedRange {
  readonly start: number;
  readonly end: number;
  readonly index: number;
}

interface WantedStretch extends Stretch {
  readonly wanted: number[];
}

const areas: readonly RegisterArea[] = ["coil", "discrete", "input", "holding"];

/**
 * Splits wanted ranges into the cheapest set of read requests that the unit bears, bridging unwanted addresses where that pays.
 *
 * A value is never split over two requests. Requests of one area never overlap, so that every wanted register is read exactly once, with one
 * exception: wanted ranges that overlap each other in a chain longer than the limit (0–99 and 90–189 at 125) cannot be had whole and
 * only once; being whole wins, and within that chain requests overlap as little as is cheapest. A range that touches a hole is in no read.
 * The requests depend on the set of ranges only, not on their order. O(n log n).
 * @throws {RangeTooLarge}
 * @returns by area (coil, discrete, input, holding), then by address
 */
export function planReads(wanted: readonly WantedRange[], limits: ReadLimits, cost: ReadCost): readonly PlannedRead[] {
  const reads: PlannedRead[] = [];
  for (const area of areas) {
    const limit = isBitArea(area) ? limits.bits : limits.registers;
    const ranges: IndexedRange[] = [];
    for (const [index, range] of wanted.entries()) {
      if (range.area !== area) continue;
      const { address, span } = range;
      if (!(address >= 0 && span >= 1 && span <= limit && address + span <= 65_536)) throw new RangeTooLarge(range, limit);
      ranges.push({ start: address, end: address + span, index });
    }
    if (ranges.length === 0) continue;
    // The longer of two that begin together goes first: then whatever lies within another comes after it.
    ranges.sort((a, b) => a.start - b.start || b.end - a.end || a.index - b.index);
    const stretches = weldChains(stretchesOf(area, ranges, limits), limit);
    const cuts = cheapestCuts(stretches, { limit, perRequest: cost.perRequest, perItem: costPerItem(area, cost) });
    for (const [n, cut] of cuts.entries()) {
      const served = stretches.slice(cut, cuts[n + 1]);
      const address = served[0]?.start ?? 0;
      const quantity = (served[served.length - 1]?.end ?? 0) - address;
      reads.push({ area, address, quantity, wanted: served.flatMap((stretch) => stretch.wanted) });
    }
  }
  return reads;
}

/** How many requests a plan spares against one request for each range it serves. */
export function requestsSaved(plan: readonly PlannedRead[]): number {
  let saved = 0;
  for (const read of plan) saved += read.wanted.length - 1;
  return saved;
}

/** One stretch for each range that lies within no other; leaves out ranges that touch a hole. */
function stretchesOf(area: RegisterArea, ranges: readonly IndexedRange[], limits: ReadLimits): WantedStretch[] {
  const holes = (limits.holes ?? []).filter((hole) => hole.area === area).sort((a, b) => a.from - b.from);
  const stretches: WantedStretch[] = [];
  let hole = 0;
  let passedHole = false;
  let last: WantedStretch | undefined;
  for (const { start, end, index } of ranges) {
    while ((holes[hole]?.to ?? start) < start) {
      hole++;
      passedHole = true;
    }
    if ((holes[hole]?.from ?? end) < end) continue;
    if (last !== undefined && end <= last.end) {
      last.wanted.push(index);
      continue;
    }
    const joins = last !== undefined && !passedHole && (limits.bridge || start <= last.end);
    passedHole = false;
    last = { start, end, joins, wanted: [index] };
    stretches.push(last);
  }
  return stretches;
}

/** Makes one stretch of each chain of overlapping stretches that fits a request; leaves longer chains as they are. */
function weldChains(stretches: readonly WantedStretch[], limit: number): WantedStretch[] {
  const welded: WantedStretch[] = [];
  let chain: WantedStretch[] = [];
  const weld = (): void => {
    const head = chain[0];
    const end = chain[chain.length - 1]?.end ?? 0;
    if (head === undefined) return;
    if (end - head.start <= limit) welded.push({ start: head.start, end, joins: head.joins, wanted: chain.flatMap((link) => link.wanted) });
    else for (const link of chain) welded.push(link);
    chain = [];
  };
  let reached = 0;
  for (const stretch of stretches) {
    if (stretch.start >= reached) weld();
    chain.push(stretch);
    reached = stretch.end;
  }
  weld();
  return welded;
}
