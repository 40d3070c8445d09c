import { EdgeError } from "../base/edge-error.ts";
import { RateWindow } from "../base/rate-window.ts";
import { type Millis, millis } from "../base/units.ts";
import type { ResolvedWrite } from "./resolve-point.ts";
import type { PointValue } from "./sample.ts";

/** Which part of a point's write rule a write broke. `rule`: the point has none. */
export type RefusalReason = "rule" | "type" | "range" | "value" | "rate";

/** The write rule of the point does not let this value pass, or not now. */
export class WriteRefused extends EdgeError {
  readonly code = "EDGE_WRITE_REFUSED";
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const minute = millis(60_000);
/** How JSON carries integers that a number cannot. */
const decimalInteger = /^-?\d{1,20}$/;

/** Holds writes to one point against its rule. Lists have to pass element by element and count as one write. */
export class WriteGuard {
  readonly #rule: ResolvedWrite | undefined;
  readonly #rate: RateWindow;

  /** @param rule `undefined` refuses everything */
  constructor(rule: ResolvedWrite | undefined) {
    this.#rule = rule;
    this.#rate = new RateWindow(rule?.perMinute ?? 1, minute);
  }

  /** Why `value` would be refused now, or `undefined`. Counts nothing. @param now monotonic */
  wouldRefuse(value: PointValue, now: Millis): WriteRefused | undefined {
    const rule = this.#rule;
    if (rule === undefined) return new WriteRefused("rule", "the point has no write rule: expected one in its configuration");
    return refusalOf(value, rule) ?? this.#rateRefusal(rule, now);
  }

  /** Why `value` is refused, or `undefined`: then it counts as written. @param now monotonic */
  refuse(value: PointValue, now: Millis): WriteRefused | undefined {
    const refused = this.wouldRefuse(value, now);
    if (refused === undefined) this.#rate.take(now);
    return refused;
  }

  #rateRefusal({ perMinute }: ResolvedWrite, now: Millis): WriteRefused | undefined {
    const wait = this.#rate.wait(now);
    if (wait <= 0) return undefined;
    return new WriteRefused(
      "rate",
      `${perMinute} writes in the last minute are all that is allowed: expected none for ${Math.ceil(wait / 1000)} s`,
    );
  }
}

function refusalOf(value: PointValue, rule: ResolvedWrite): WriteRefused | undefined {
  if (typeof value === "object") {
    for (const element of value) {
      const refused = refusalOf(element, rule);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }
  if (rule.values !== undefined && !rule.values.some((allowed) => isSame(allowed, value))) {
    return new WriteRefused("value", `${textOf(value)} is not allowed: expected one of ${rule.values.map(textOf).join(", ")}`);
  }
  if (rule.min === undefined && rule.max === undefined) return undefined;
  const number = numberOf(value);
  if (number === undefined) return new WriteRefused("type", `${textOf(value)} has no place ${rangeText(rule)}: expected a number`);
  // NaN is in no range: the comparisons are said so that it fails them.
  const inside = (rule.min === undefined || number >= rule.min) && (rule.max === undefined || number <= rule.max);
  return inside ? undefined : new WriteRefused("range", `${textOf(value)} is out of range: expected a number ${rangeText(rule)}`);
}

/** The number that a value is or, for integers of 64 bits, spells. */
function numberOf(value: PointValue): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return typeof value === "string" && decimalInteger.test(value) ? BigInt(value) : undefined;
}

function isSame(a: PointValue, b: PointValue): boolean {
  if (a === b) return true;
  const [left, right] = [numberOf(a), numberOf(b)];
  return left !== undefined && right !== undefined && left >= right && left <= right;
}

function rangeText({ min, max }: ResolvedWrite): string {
  if (min === undefined) return `of at most ${max}`;
  return max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
}

function textOf(value: PointValue): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
