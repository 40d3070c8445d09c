import { isJsonObject, type JsonValue } from "../../base/json.ts";
import { type Millis, millis } from "../../base/units.ts";
import type { RegisterArea } from "../point-config.ts";
import type { ReadCost } from "../reads/read-cost.ts";

/** Addresses that a unit refuses, `from` to `to`, both included. */
export interface LearnedHole {
  readonly area: RegisterArea;
  readonly from: number;
  /** `from` − 1: nothing between two values, but no read may hold both. */
  readonly to: number;
  /** `value`: a point that is refused by itself · `gap`: what lies between two points, where a read over it is refused. */
  readonly kind: "value" | "gap";
}

/** What was found out about one unit: as it is kept across restarts. */
export interface UnitFacts {
  /** Whom it was found out of: facts of a thing that moved to another line or unit are void. */
  readonly line: string;
  readonly unit: number;
  /** Largest read of registers that it takes; absent: as configured. */
  readonly registers?: number;
  /** Largest read of bits. */
  readonly bits?: number;
  readonly holes: readonly LearnedHole[];
  /** Silence it needs before a request. */
  readonly turnaround?: Millis;
  /** What its reads take. */
  readonly cost?: ReadCost;
}

/** Two holes for each of the most points a device can have. */
const mostHoles = 8192;
const longestTurnaround = 10_000;
const longestCost = 60_000_000;

/** Facts as they came from a file: `undefined` when they cannot be any. */
export function parseUnitFacts(found: unknown): UnitFacts | undefined {
  if (!isJsonObject(found)) return undefined;
  const { line, unit, registers, bits, holes, turnaround, cost } = found;
  if (typeof line !== "string" || !isWithin(unit, 0, 255) || !Array.isArray(holes) || holes.length > mostHoles) return undefined;
  const known: LearnedHole[] = [];
  for (const hole of holes) {
    const one = parseHole(hole);
    if (one === undefined) return undefined;
    known.push(one);
  }
  const reads = parseCost(cost);
  return {
    line,
    unit,
    holes: known,
    ...(isWithin(registers, 1, 125) && { registers }),
    ...(isWithin(bits, 1, 2000) && { bits }),
    ...(isWithin(turnaround, 1, longestTurnaround) && { turnaround: millis(turnaround) }),
    ...(reads !== undefined && { cost: reads }),
  };
}

function parseHole(found: JsonValue): LearnedHole | undefined {
  if (!isJsonObject(found)) return undefined;
  const { area, from, to, kind } = found;
  if (area !== "coil" && area !== "discrete" && area !== "input" && area !== "holding") return undefined;
  if ((kind !== "value" && kind !== "gap") || !isWithin(from, 0, 65_535) || !isWithin(to, from - 1, 65_535)) return undefined;
  return { area, from, to, kind };
}

function parseCost(found: JsonValue | undefined): ReadCost | undefined {
  if (!isJsonObject(found)) return undefined;
  const { perRequest, perRegister, perBit } = found;
  if (!isCost(perRequest) || !isCost(perRegister) || !isCost(perBit)) return undefined;
  return { perRequest, perRegister, perBit };
}

function isCost(value: JsonValue | undefined): value is number {
  return typeof value === "number" && value >= 0 && value <= longestCost;
}

function isWithin(value: JsonValue | undefined, least: number, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
