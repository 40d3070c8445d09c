import type { ReadLimits } from "../reads/plan-reads.ts";
import { type PolledValue, type PollRead, planPoll } from "../reads/poll-plan.ts";
import { isBitArea, type ReadCost } from "../reads/read-cost.ts";
import type { LearnedHole } from "./unit-facts.ts";

/** A poll as the unit bears it. */
export interface PlanAround<Value extends PolledValue> {
  readonly reads: PollRead<Value>[];
  /** Values that the unit refuses, which no read asks for. */
  readonly denied: readonly Value[];
}

export interface PlanAroundTerms {
  /** What the unit bears as configured and, where less, as learned. */
  readonly limits: ReadLimits;
  /** What it bears as configured. */
  readonly configured: ReadLimits;
  readonly holes: readonly LearnedHole[];
  readonly cost: ReadCost;
}

/**
 * The cheapest requests that read all `values` but the refused ones, around everything that the unit refuses. A value longer than the learned
 * limit is asked for by itself, as configured: only the unit can say that it will not have it.
 * @throws {RangeTooLarge} a value is longer than the configured limit
 */
export function planAround<Value extends PolledValue>(values: readonly Value[], terms: PlanAroundTerms): PlanAround<Value> {
  const { limits, configured, cost } = terms;
  const denied: Value[] = [];
  const usual: Value[] = [];
  const long: Value[] = [];
  for (const value of values) {
    if (terms.holes.some((hole) => isRefused(value, hole))) denied.push(value);
    else if (value.span > (isBitArea(value.area) ? limits.bits : limits.registers)) long.push(value);
    else usual.push(value);
  }
  // A hole that was found with other points may cover one that is wanted here: that one is asked for, and the unit says what holds.
  const holes = terms.holes.filter((hole) => !usual.some((value) => touches(value, hole)));
  const reads = planPoll(usual, { ...limits, holes }, cost);
  for (const value of long) reads.push(...planPoll([value], configured, cost));
  return { reads, denied };
}

/** True when `hole` is this very value. */
export function isRefused(value: PolledValue, hole: LearnedHole): boolean {
  return hole.kind === "value" && hole.area === value.area && hole.from === value.address && hole.to === value.address + value.span - 1;
}

function touches(value: PolledValue, hole: LearnedHole): boolean {
  return hole.area === value.area && hole.from < value.address + value.span && hole.to >= value.address;
}
