import type { RegisterArea } from "../point-config.ts";

/** Where a value lies in an area: addresses `start` to `end`, the latter excluded. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** A read to try: the values `from` to `to` of the refused read, both included, and what lies between them. */
export interface RefusalProbe extends Extent {
  readonly from: number;
  readonly to: number;
}

/** What a refused read came down to. Addresses `from` to `to`, both included. */
export type RefusalFinding =
  /** A value that is refused by itself. */
  | { readonly kind: "value"; readonly area: RegisterArea; readonly from: number; readonly to: number }
  /** What lies between two values that can be read: a read over it is refused. `to` is `from` − 1 where nothing lies between them. */
  | { readonly kind: "gap"; readonly area: RegisterArea; readonly from: number; readonly to: number }
  /** Reads of so many registers or bits are too large: `refused` was, `largest` was not. */
  | { readonly kind: "limit"; readonly area: RegisterArea; readonly largest: number; readonly refused: number };

interface Group extends Extent {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds out by halving why a unit refuses a read: values that are not there, a border or unwanted addresses in between, or its size. A
 * generator: it yields reads to try, is told by `next(taken)` whether the unit took each, and returns what it found, at least one finding.
 *
 * Every probe lies within the refused read, begins and ends with whole values, and so brings their data as well; a value is never cut, and no
 * address that nothing wants is asked for alone. One missing value among n costs about 2 × log2(n) probes, a limit log2(n).
 * @param values of the refused read by rising `start`
 */
export function* whyRefused(area: RegisterArea, values: readonly Extent[]): Generator<RefusalProbe, readonly RefusalFinding[], boolean> {
  const findings: RefusalFinding[] = [];
  const groups = overlapGroups(values);
  const between = (i: number, j: number): RefusalProbe => {
    const [first, last] = [groups[i], groups[j]];
    return { from: first?.from ?? 0, to: last?.to ?? 0, start: first?.start ?? 0, end: last?.end ?? 0 };
  };
  const length = (i: number, j: number): number => between(i, j).end - between(i, j).start;
  let limit = Number.POSITIVE_INFINITY;
  const tooLarge = (largest: number, refused: number): void => {
    limit = refused - 1;
    findings.push({ kind: "limit", area, largest, refused });
  };
  const barrier = (m: number): void => {
    findings.push({ kind: "gap", area, from: groups[m]?.end ?? 0, to: (groups[m + 1]?.start ?? 0) - 1 });
  };

  /** Values that overlap, refused together: each by itself. */
  function* alone(group: Group): Generator<RefusalProbe, void, boolean> {
    let largest = 0;
    let refused = 0;
    for (let n = group.from; n <= group.to; n += 1) {
      const value = values[n];
      if (value === undefined) continue;
      const known = group.from === group.to;
      if (!known && (yield { from: n, to: n, start: value.start, end: value.end })) largest = Math.max(largest, value.end - value.start);
      else {
        refused += 1;
        findings.push({ kind: "value", area, from: value.start, to: value.end - 1 });
      }
    }
    if (refused === 0) tooLarge(largest, group.end - group.start);
  }

  /** Both sides of the cut after group `m` can be read, the whole cannot. */
  function* seam(i: number, m: number, j: number): Generator<RefusalProbe, void, boolean> {
    const whole = m === i && m + 1 === j;
    if (whole || !(yield between(m, m + 1))) {
      barrier(m);
      return;
    }
    let [taken, refused] = [m, j];
    while (refused - taken > 1) {
      const middle = (taken + refused) >> 1;
      if (yield between(i, middle)) taken = middle;
      else refused = middle;
    }
    const largest = Math.max(length(i, taken), length(m + 1, j));
    // A read that was taken and is as long as one that was not: size is not the reason.
    if (largest < length(i, refused)) tooLarge(largest, length(i, refused));
    else barrier(refused - 1);
  }

  function* why(i: number, j: number): Generator<RefusalProbe, void, boolean> {
    const group = groups[i];
    // What is too large anyway will be asked for in smaller reads.
    if (group === undefined || length(i, j) > limit) return;
    if (i === j) {
      yield* alone(group);
      return;
    }
    const m = (i + j) >> 1;
    const left = yield between(i, m);
    const right = yield between(m + 1, j);
    if (!left) yield* why(i, m);
    if (!right) yield* why(m + 1, j);
    if (left && right) yield* seam(i, m, j);
  }

  yield* why(0, groups.length - 1);
  return findings;
}

/** Values that overlap cannot be read apart without being cut: they are one group. */
function overlapGroups(values: readonly Extent[]): readonly Group[] {
  const groups: Group[] = [];
  for (const [n, value] of values.entries()) {
    const last = groups[groups.length - 1];
    if (last !== undefined && value.start < last.end) groups[groups.length - 1] = { ...last, to: n, end: Math.max(last.end, value.end) };
    else groups.push({ start: value.start, end: value.end, from: n, to: n });
  }
  return groups;
}
