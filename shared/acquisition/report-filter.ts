import type { Millis } from "../base/units.ts";
import type { ResolvedReport } from "./resolve-point.ts";
import type { PointValue, Sample } from "./sample.ts";

/** Steps of a scaled value are seldom exact in binary: so much of its size may be missing from a difference that counts. */
const roundingSlack = 1e-12;

/**
 * Decides for one point which samples are handed on.
 *
 * Mode `always` hands on all. Mode `change` hands on the first sample, every change of quality, and every value that differs from the one
 * handed on last by the deadband or more. With both deadbands given a difference has to reach both: each of them says what does not count. The
 * share of `percent` is of the size of the value handed on last. What is no number has no deadband. Lists are compared element by element,
 * and one element is enough. After `heartbeat` without any, the next sample is handed on whatever it says.
 */
export class ReportFilter {
  readonly #rule: ResolvedReport;
  #value: PointValue | null = null;
  #quality: Sample["quality"] | undefined;
  #at = Number.NEGATIVE_INFINITY;

  constructor(rule: ResolvedReport) {
    this.#rule = rule;
  }

  /** True when the sample is to be handed on; the filter then takes it as handed on. @param now monotonic */
  passes(sample: Pick<Sample, "value" | "quality">, now: Millis): boolean {
    const { mode, heartbeat } = this.#rule;
    if (mode === "always") return true;
    const since = now - this.#at;
    const due = heartbeat !== undefined && (since >= heartbeat || since < 0);
    if (!due && sample.quality === this.#quality && !this.#differs(sample.value, this.#value)) return false;
    this.#value = sample.value;
    this.#quality = sample.quality;
    this.#at = now;
    return true;
  }

  #differs(value: PointValue | null, last: PointValue | null): boolean {
    if (isNumeric(value) && isNumeric(last)) return this.#leavesBand(value, last);
    if (isList(value) && isList(last)) {
      return value.length !== last.length || value.some((element, index) => this.#differs(element, last[index] ?? null));
    }
    return value !== last;
  }

  #leavesBand(value: number | bigint, last: number | bigint): boolean {
    if (value === last || (Number.isNaN(value) && Number.isNaN(last))) return false;
    const exact = typeof value === "bigint" && typeof last === "bigint";
    const difference = exact ? Number(value - last) : Number(value) - Number(last);
    if (difference === 0) return false;
    const size = Math.abs(Number(last));
    const slack = exact ? 0 : roundingSlack * size;
    const band = Math.max(this.#rule.absolute, (this.#rule.percent / 100) * size);
    // Said the other way round so that a difference from or to "not a number" counts.
    return band === 0 || !(Math.abs(difference) + slack < band);
  }
}

function isNumeric(value: PointValue | null): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isList(value: PointValue | null): value is readonly PointValue[] {
  return typeof value === "object" && value !== null;
}
