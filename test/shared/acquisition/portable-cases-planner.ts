import {
  planReads,
  RangeTooLarge,
  type ReadLimits,
  requestsSaved,
  type WantedRange,
} from "../../../shared/acquisition/reads/plan-reads.ts";
import { planCost, type ReadCost, tcpReadCost } from "../../../shared/acquisition/reads/read-cost.ts";

/** Numbers that look random and are the same everywhere. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

const areas = ["coil", "discrete", "input", "holding"] as const;
const standard: ReadLimits = { registers: 125, bits: 2000, bridge: true };
const slowLine: ReadCost = { perRequest: 30_000, perRegister: 2300, perBit: 144 };

function scattered(seed: number, count: number, across: number, longest: number): readonly WantedRange[] {
  const random = makeRandom(seed);
  return Array.from({ length: count }, () => ({
    area: areas[random(4)] ?? "holding",
    address: random(across),
    span: 1 + random(longest),
  }));
}

function planned(wanted: readonly WantedRange[], limits: ReadLimits, cost: ReadCost): unknown {
  const plan = planReads(wanted, limits, cost);
  return { plan, cost: planCost(plan, cost), saved: requestsSaved(plan) };
}

function refused(range: WantedRange): unknown {
  try {
    return planReads([range], standard, tcpReadCost);
  } catch (error) {
    return error instanceof RangeTooLarge ? { code: error.code, message: error.message } : "another error";
  }
}

/** What the read planner has to give, wherever it runs. */
export function plannerCases(): readonly { readonly name: string; readonly run: () => unknown }[] {
  const holes = [
    { area: "holding" as const, from: 20, to: 24 },
    { area: "holding" as const, from: 90, to: 90 },
    { area: "coil" as const, from: 100, to: 160 },
  ];
  const dense = scattered(3, 60, 120, 4);
  const chain = Array.from({ length: 12 }, (_, n): WantedRange => ({ area: "holding", address: n * 30, span: 40 }));
  return [
    { name: "nothing is wanted", run: () => planned([], standard, tcpReadCost) },
    { name: "thirty scattered values over TCP", run: () => planned(scattered(1, 30, 1000, 4), standard, tcpReadCost) },
    { name: "thirty scattered values on a slow line", run: () => planned(scattered(1, 30, 1000, 4), standard, slowLine) },
    { name: "three hundred values on a slow line", run: () => planned(scattered(2, 300, 4000, 8), standard, slowLine) },
    { name: "dense values in small requests", run: () => planned(dense, { ...standard, registers: 16, bits: 40 }, slowLine) },
    { name: "dense values without bridging", run: () => planned(dense, { ...standard, bridge: false }, slowLine) },
    { name: "dense values around holes", run: () => planned(dense, { ...standard, holes }, slowLine) },
    { name: "a chain of values longer than a request", run: () => planned(chain, standard, slowLine) },
    {
      name: "the ends of the table",
      run: () =>
        planned(
          [
            { area: "input", address: 65_535, span: 1 },
            { area: "input", address: 0, span: 1 },
          ],
          standard,
          tcpReadCost,
        ),
    },
    { name: "requests that cost nothing", run: () => planned(dense, standard, { perRequest: 0, perRegister: 1, perBit: 1 }) },
    { name: "registers that cost nothing", run: () => planned(dense, standard, { perRequest: 1, perRegister: 0, perBit: 0 }) },
    { name: "a value longer than a request", run: () => refused({ area: "holding", address: 5, span: 126 }) },
    { name: "a value beyond the table", run: () => refused({ area: "coil", address: 65_535, span: 2 }) },
  ];
}
