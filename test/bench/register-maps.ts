import type { ReadLimits, WantedRange } from "../../shared/acquisition/reads/plan-reads.ts";

/** A device as the field knows them: what is wanted of it, and what it takes. */
export interface RegisterMap {
  readonly name: string;
  readonly wanted: readonly WantedRange[];
  readonly limits: ReadLimits;
}

const usual: ReadLimits = { registers: 125, bits: 2000, bridge: true };
const input = (span: number, ...addresses: readonly number[]): WantedRange[] =>
  addresses.map((address) => ({ area: "input", address, span }));
const holding = (span: number, ...addresses: readonly number[]): WantedRange[] =>
  addresses.map((address) => ({ area: "holding", address, span }));
const bits = (area: "coil" | "discrete", ...addresses: readonly number[]): WantedRange[] =>
  addresses.map((address) => ({ area, address, span: 1 }));
const every = (step: number, count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, n) => from + n * step);

/** Three-phase meter: floats of the phases, sums far behind them, tariff counters and demands in tables of their own. */
const meter: RegisterMap = {
  name: "scattered energy meter",
  wanted: [
    ...input(2, 0, 2, 4, 6, 8, 10, 30, 32, 34, 52, 56, 62, 70),
    ...input(2, 142, 144, 200, 202, 204, 224, 300, 304, 342, 344, 358),
    ...input(4, 460, 480, 560, 580),
  ],
  limits: usual,
};

/** Hybrid inverter: energy counters, then power, battery and switches; reserved registers in between answer exception 02. */
const inverter: RegisterMap = {
  name: "inverter with holes",
  wanted: [
    ...holding(1, 59, 70, 71, 76, 77, 78, 84, 90, 91, 108, 109, 110, 111, 112),
    ...holding(2, 63, 72, 81, 96),
    ...holding(1, 150, 154, 160, 164, 166, 167, 168, 169, 170, 172, 173, 175, 178, 182, 183, 184, 186, 187, 190, 191, 194),
    ...holding(1, 244, 248, 274, 275, 276, 277, 278, 279, 312, 314, 325),
  ],
  limits: {
    ...usual,
    holes: [
      { area: "holding", from: 100, to: 105 },
      { area: "holding", from: 280, to: 299 },
    ],
  },
};

/** Small controller that takes 32 registers at once: a block of 40 for each of twelve loops, of which values and alarms are wanted. */
const controller: RegisterMap = {
  name: "controller that takes 32 registers",
  wanted: every(40, 12).flatMap((block) => [...holding(1, block, block + 1, block + 2, block + 22, block + 23)]),
  limits: { ...usual, registers: 32 },
};

/** Drives behind one PLC: a block of 80 registers each, status in front and energy at the back of it, and bits far apart. */
const drives: RegisterMap = {
  name: "PLC with a block of 80 for each of eight drives, mixed types",
  wanted: [
    ...every(80, 8).flatMap((block) => [...holding(1, block, block + 1, block + 2), ...holding(2, block + 30), ...holding(4, block + 34)]),
    ...bits("coil", ...every(64, 8), ...every(64, 8, 5)),
    ...bits("discrete", ...every(300, 6), ...every(300, 6, 17)),
  ],
  limits: usual,
};

/** What the field complains of. */
export const hardMaps: readonly RegisterMap[] = [meter, inverter, controller, drives];
