import test from "ava";
import fc from "fast-check";
import {
  type PlannedRead,
  planReads,
  RangeTooLarge,
  type ReadLimits,
  requestsSaved,
  type WantedRange,
} from "../../../../shared/acquisition/reads/plan-reads.ts";
import { planCost, type ReadCost, tcpReadCost } from "../../../../shared/acquisition/reads/read-cost.ts";

const standard: ReadLimits = { registers: 125, bits: 2000, bridge: true };
const holding = (address: number, span = 1): WantedRange => ({ area: "holding", address, span });
const shape = (plan: readonly PlannedRead[]): readonly string[] =>
  plan.map(({ area, address, quantity, wanted }) => `${area} ${address}+${quantity} [${wanted}]`);

/** Narrow addresses and small limits, so that overlaps, holes and full requests are common. */
const someRange = fc.record({
  area: fc.constantFrom("holding" as const, "coil" as const),
  address: fc.integer({ min: 0, max: 60 }),
  span: fc.integer({ min: 1, max: 5 }),
});
const someLimits = fc.record({
  registers: fc.integer({ min: 5, max: 14 }),
  bits: fc.integer({ min: 5, max: 30 }),
  bridge: fc.boolean(),
  holes: fc.array(
    fc
      .record({
        area: fc.constantFrom("holding" as const, "coil" as const),
        from: fc.integer({ min: 0, max: 64 }),
        more: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ area, from, more }) => ({ area, from, to: from + more })),
    { maxLength: 4 },
  ),
});
const someCost = fc.record({
  perRequest: fc.integer({ min: 0, max: 20 }),
  perRegister: fc.integer({ min: 0, max: 4 }),
  perBit: fc.integer({ min: 0, max: 2 }),
});

const endOf = (range: WantedRange): number => range.address + range.span;
const limitOf = (range: Pick<WantedRange, "area">, limits: ReadLimits): number => (range.area === "coil" ? limits.bits : limits.registers);
const touchesHole = (area: WantedRange["area"], start: number, end: number, limits: ReadLimits): boolean =>
  (limits.holes ?? []).some((hole) => hole.area === area && hole.from < end && hole.to >= start);
const isReadable = (range: WantedRange, limits: ReadLimits): boolean => !touchesHole(range.area, range.address, endOf(range), limits);

/** Extents of the chains of readable ranges that overlap one another, by area. */
function chainsOf(ranges: readonly WantedRange[], limits: ReadLimits): { area: WantedRange["area"]; start: number; end: number }[] {
  const chains: { area: WantedRange["area"]; start: number; end: number }[] = [];
  for (const range of ranges
    .filter((one) => isReadable(one, limits))
    .sort((a, b) => a.area.localeCompare(b.area) || a.address - b.address)) {
    const last = chains[chains.length - 1];
    if (last !== undefined && last.area === range.area && range.address < last.end) last.end = Math.max(last.end, endOf(range));
    else chains.push({ area: range.area, start: range.address, end: endOf(range) });
  }
  return chains;
}

/** True when addresses start…end−1 lie in a chain of overlapping ranges that no single request can hold. */
function inLongChain(area: WantedRange["area"], start: number, end: number, ranges: readonly WantedRange[], limits: ReadLimits): boolean {
  return chainsOf(ranges, limits).some(
    (chain) => chain.area === area && chain.end - chain.start > limitOf(chain, limits) && chain.start <= start && end <= chain.end,
  );
}

/** The cost of the cheapest plan by trying every way to put the ranges into groups. */
function cheapestOfAll(ranges: readonly WantedRange[], limits: ReadLimits, cost: ReadCost): number {
  const readable = ranges.filter((range) => isReadable(range, limits));
  let best = Number.POSITIVE_INFINITY;
  const groups: WantedRange[][] = [];
  const place = (n: number): void => {
    const range = readable[n];
    if (range === undefined) {
      const reads = groups.map((group) => {
        const address = Math.min(...group.map((one) => one.address));
        return { area: group[0]?.area ?? "holding", address, quantity: Math.max(...group.map(endOf)) - address, group };
      });
      if (reads.every((read) => isAllowed(read, limits)) && haveNoNeedlessOverlap(reads, readable, limits)) {
        best = Math.min(best, planCost(reads, cost));
      }
      return;
    }
    for (const group of groups) {
      if (group[0]?.area !== range.area) continue;
      group.push(range);
      place(n + 1);
      group.pop();
    }
    groups.push([range]);
    place(n + 1);
    groups.pop();
  };
  place(0);
  return best;
}

type Read = Pick<PlannedRead, "area" | "address" | "quantity">;

function isAllowed(read: Read & { readonly group: readonly WantedRange[] }, limits: ReadLimits): boolean {
  if (read.quantity > limitOf(read, limits)) return false;
  if (touchesHole(read.area, read.address, read.address + read.quantity, limits)) return false;
  if (limits.bridge) return true;
  for (let at = read.address; at < read.address + read.quantity; at++) {
    if (!read.group.some((range) => range.address <= at && at < endOf(range))) return false;
  }
  return true;
}

function haveNoNeedlessOverlap(reads: readonly Read[], ranges: readonly WantedRange[], limits: ReadLimits): boolean {
  return reads.every((a, n) =>
    reads.slice(n + 1).every((b) => {
      const start = Math.max(a.address, b.address);
      const end = Math.min(a.address + a.quantity, b.address + b.quantity);
      return a.area !== b.area || start >= end || inLongChain(a.area, start, end, ranges, limits);
    }),
  );
}

test("neighbours share a request and keep their indices by address", (t) => {
  t.deepEqual(shape(planReads([holding(4, 2), holding(0, 2), holding(2, 2)], standard, tcpReadCost)), ["holding 0+6 [1,2,0]"]);
});

test("a hole is bridged where a request costs more than its registers, and not where it costs less", (t) => {
  const wanted = [holding(0), holding(11)];
  t.deepEqual(shape(planReads(wanted, standard, { perRequest: 11, perRegister: 1, perBit: 1 })), ["holding 0+12 [0,1]"]);
  t.deepEqual(shape(planReads(wanted, standard, { perRequest: 9, perRegister: 1, perBit: 1 })), ["holding 0+1 [0]", "holding 11+1 [1]"]);
});

test("each area has requests of its own, in a fixed order", (t) => {
  const wanted: WantedRange[] = [
    holding(1),
    { area: "input", address: 1, span: 1 },
    { area: "discrete", address: 1, span: 1 },
    { area: "coil", address: 1, span: 1 },
  ];
  t.deepEqual(shape(planReads(wanted, standard, tcpReadCost)), ["coil 1+1 [3]", "discrete 1+1 [2]", "input 1+1 [1]", "holding 1+1 [0]"]);
});

test("registers fill requests of 125, bits requests of 2000", (t) => {
  const registers = Array.from({ length: 250 }, (_, n) => holding(n));
  const bits = Array.from({ length: 2001 }, (_, n): WantedRange => ({ area: "coil", address: n, span: 1 }));
  t.deepEqual(
    planReads([...registers, ...bits], standard, tcpReadCost).map((read) => `${read.area} ${read.address}+${read.quantity}`),
    ["coil 0+1", "coil 1+2000", "holding 0+125", "holding 125+125"],
  );
});

test("where bridging is forbidden a request holds wanted registers only", (t) => {
  t.deepEqual(shape(planReads([holding(0), holding(1), holding(3)], { ...standard, bridge: false }, tcpReadCost)), [
    "holding 0+2 [0,1]",
    "holding 3+1 [2]",
  ]);
});

test("a refused address is never bridged, and a value that touches one is in no read", (t) => {
  const holes = [{ area: "holding" as const, from: 3, to: 4 }];
  t.deepEqual(shape(planReads([holding(0, 2), holding(2, 2), holding(6, 2)], { ...standard, holes }, tcpReadCost)), [
    "holding 0+2 [0]",
    "holding 6+2 [2]",
  ]);
  t.is(planReads([holding(0, 2), holding(6, 2)], { ...standard, holes: [{ area: "input", from: 3, to: 4 }] }, tcpReadCost).length, 1);
});

test("values that overlap are read once, together", (t) => {
  t.deepEqual(shape(planReads([holding(10, 4), holding(12, 4), holding(12, 2), holding(10, 4)], standard, tcpReadCost)), [
    "holding 10+6 [0,3,1,2]",
  ]);
});

test("values that only touch may go to different requests where that costs less", (t) => {
  const wanted = [holding(0, 2), holding(3, 6), holding(9, 3), holding(14, 5)];
  t.deepEqual(shape(planReads(wanted, { ...standard, registers: 10 }, { perRequest: 100, perRegister: 1, perBit: 1 })), [
    "holding 0+9 [0,1]",
    "holding 9+10 [2,3]",
  ]);
});

test("overlapping values longer than any request are read whole, in requests that overlap", (t) => {
  t.deepEqual(shape(planReads([holding(0, 100), holding(90, 100)], standard, tcpReadCost)), ["holding 0+100 [0]", "holding 90+100 [1]"]);
});

test("the last address of a table can be read", (t) => {
  t.deepEqual(shape(planReads([holding(65_534, 2)], standard, tcpReadCost)), ["holding 65534+2 [0]"]);
});

for (const range of [holding(0, 126), holding(65_535, 2), holding(-1), holding(0, 0), { area: "coil" as const, address: 0, span: 2001 }]) {
  test(`${range.area} ${range.address} with ${range.span} fits no request and is refused`, (t) => {
    const error = t.throws(() => planReads([range], standard, tcpReadCost), { instanceOf: RangeTooLarge });
    t.is(error?.code, "EDGE_PLAN_RANGE");
    t.is(error?.range, range);
  });
}

test("nothing wanted needs no request", (t) => {
  t.deepEqual(planReads([], standard, tcpReadCost), []);
});

test("requests saved are ranges served less requests", (t) => {
  const plan = planReads([holding(0), holding(1), holding(2), { area: "coil", address: 0, span: 1 }], standard, tcpReadCost);
  t.is(plan.length, 2);
  t.is(requestsSaved(plan), 2);
});

test("every readable value is whole in the one read that serves it, within the limits and outside the holes", (t) => {
  const property = fc.property(fc.array(someRange, { maxLength: 40 }), someLimits, someCost, (wanted, limits, cost) => {
    const plan = planReads(wanted, limits, cost);
    const served = new Map<number, number>();
    for (const read of plan) {
      if (read.quantity < 1 || read.quantity > limitOf(read, limits)) return false;
      if (touchesHole(read.area, read.address, read.address + read.quantity, limits)) return false;
      for (const index of read.wanted) {
        const range = wanted[index];
        if (range === undefined || range.area !== read.area) return false;
        if (range.address < read.address || endOf(range) > read.address + read.quantity) return false;
        served.set(index, (served.get(index) ?? 0) + 1);
      }
    }
    return wanted.every((range, index) => (served.get(index) ?? 0) === (isReadable(range, limits) ? 1 : 0));
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1500 }));
});

test("no register is read twice but in chains of overlapping values longer than a request", (t) => {
  const property = fc.property(fc.array(someRange, { maxLength: 40 }), someLimits, someCost, (wanted, limits, cost) =>
    haveNoNeedlessOverlap(planReads(wanted, limits, cost), wanted, limits),
  );
  t.notThrows(() => fc.assert(property, { numRuns: 1000 }));
});

test("no plan is cheaper than the one made, over all ways to group up to six values", (t) => {
  const dense = fc.record({
    area: fc.constant("holding" as const),
    address: fc.integer({ min: 0, max: 24 }),
    span: fc.integer({ min: 1, max: 5 }),
  });
  const property = fc.property(fc.array(fc.oneof(dense, someRange), { maxLength: 6 }), someLimits, someCost, (wanted, limits, cost) => {
    t.is(planCost(planReads(wanted, limits, cost), cost), cheapestOfAll(wanted, limits, cost));
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1500 }));
});

test("a plan is never dearer than reading contiguous runs alone", (t) => {
  const property = fc.property(fc.array(someRange, { maxLength: 40 }), someLimits, someCost, (wanted, limits, cost) => {
    const runs: Read[] = [];
    for (const { area, start, end } of chainsOf(wanted, limits)) {
      if (end - start > limitOf({ area }, limits)) return;
      const last = runs[runs.length - 1];
      if (last?.area === area && last.address + last.quantity === start && end - last.address <= limitOf({ area }, limits)) {
        runs[runs.length - 1] = { area, address: last.address, quantity: end - last.address };
      } else runs.push({ area, address: start, quantity: end - start });
    }
    const ours = planCost(planReads(wanted, limits, cost), cost);
    t.true(ours <= planCost(runs, cost), `${ours} against ${planCost(runs, cost)}`);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1000 }));
});

test("the order in which ranges are wanted does not change the requests", (t) => {
  const property = fc.property(
    fc
      .array(someRange, { maxLength: 30 })
      .chain((wanted) => fc.tuple(fc.constant(wanted), fc.shuffledSubarray(wanted, { minLength: wanted.length }))),
    someLimits,
    someCost,
    ([wanted, shuffled], limits, cost) => {
      const requests = (ranges: readonly WantedRange[]) =>
        planReads(ranges, limits, cost).map(({ area, address, quantity }) => [area, address, quantity]);
      t.deepEqual(requests(shuffled), requests(wanted));
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});
