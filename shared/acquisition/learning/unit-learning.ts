import type { Millis } from "../../base/units.ts";
import { FunctionCode } from "../modbus/modbus-function.ts";
import type { ReadLimits } from "../reads/plan-reads.ts";
import { type PolledValue, type PollRead, pollReadOf } from "../reads/poll-plan.ts";
import { isBitArea, type ReadCost } from "../reads/read-cost.ts";
import { CostModel } from "./cost-model.ts";
import { isRefused, type PlanAround, planAround } from "./plan-around.ts";
import { TurnaroundLearner } from "./turnaround-learner.ts";
import type { LearnedHole, UnitFacts } from "./unit-facts.ts";
import type { RefusalFinding } from "./why-refused.ts";

/** A fact is doubted so long after it was found; each time it proves true, twice as long after. */
const firstDoubt = 60_000;
const lastDoubt = 86_400_000;

const dearRequests: ReadCost = { perRequest: 1e9, perRegister: 1, perBit: 1 / 16 };
const dearRegisters: ReadCost = { perRequest: 1, perRegister: 1e3, perBit: 1e3 };

/** Something the unit refuses, with the time of the next doubt. */
export interface DoubtfulFact {
  readonly about: LearnedHole | "registers" | "bits";
  interval: number;
  due: number;
}

export interface UnitLearningParts {
  readonly line: string;
  readonly unit: number;
  /** What the unit bears as configured. */
  readonly configured: ReadLimits;
  /** Points that are polled together, for each poll of the unit. */
  readonly polls: readonly (readonly PolledValue[])[];
  /** What an earlier run of the board found out. */
  readonly known: UnitFacts | undefined;
  /** What its reads are thought to take until that is measured. */
  readonly cost: ReadCost;
  readonly now: Millis;
}

/**
 * What is known of one unit beyond its configuration, and how its polls are planned with it. Only what a poll asks for anyway is ever asked
 * for: a device may act on a read. Nothing that was found holds for ever: each finding is doubted after a minute, then after twice as long up
 * to a day, and soon after the unit was away; doubting costs one read.
 */
export class UnitLearning {
  readonly model: CostModel;
  readonly turnaround: TurnaroundLearner;
  /** Counts changes that call for a new plan. */
  version = 0;
  readonly #parts: UnitLearningParts;
  readonly #facts: DoubtfulFact[] = [];
  #turnaroundDoubt: number;
  #registers: number | undefined;
  #bits: number | undefined;

  constructor(parts: UnitLearningParts) {
    this.#parts = parts;
    this.#turnaroundDoubt = parts.now + lastDoubt;
    const known = parts.known?.line === parts.line && parts.known.unit === parts.unit ? parts.known : undefined;
    this.model = new CostModel(known?.cost ?? parts.cost);
    this.turnaround = new TurnaroundLearner(known?.turnaround);
    if (known === undefined) return;
    const { registers, bits, holes } = known;
    if (registers !== undefined && registers < parts.configured.registers) this.#limit("registers", registers, parts.now);
    if (bits !== undefined && bits < parts.configured.bits) this.#limit("bits", bits, parts.now);
    for (const hole of holes) if (parts.polls.some((values) => fits(hole, values))) this.#doubtLater(hole, parts.now);
  }

  /** What the unit bears, as configured and as learned. */
  get limits(): ReadLimits {
    const { configured } = this.#parts;
    return { ...configured, registers: this.#registers ?? configured.registers, bits: this.#bits ?? configured.bits };
  }

  get holes(): readonly LearnedHole[] {
    return this.#facts.flatMap(({ about }) => (typeof about === "object" ? [about] : []));
  }

  /** The cheapest poll of `values` that the unit bears. @throws {RangeTooLarge} a value is longer than the configured limit */
  plan<Value extends PolledValue>(values: readonly Value[], cost = this.model.cost): PlanAround<Value> {
    return planAround(values, { limits: this.limits, configured: this.#parts.configured, holes: this.holes, cost });
  }

  /**
   * A read of a size unlike those that are made now, so that the times of requests and registers can be told apart; one that the plan itself would
   * make if requests were dear, or registers. `undefined` where the plan would be the same whatever they cost.
   */
  unlike<Value extends PolledValue>(values: readonly Value[], now: readonly PollRead<Value>[]): PollRead<Value> | undefined {
    const joined = this.plan(values, dearRequests).reads;
    const apart = this.plan(values, dearRegisters).reads;
    if (joined.length === apart.length) return undefined;
    const mean = now.reduce((sum, read) => sum + bytesOf(read), 0) / Math.max(1, now.length);
    const far = (read: PollRead<Value>): number => Math.abs(bytesOf(read) - mean);
    return [...joined, ...apart].sort((a, b) => far(b) - far(a))[0];
  }

  /** Takes up why a read was refused. */
  apply(findings: readonly RefusalFinding[], now: Millis): void {
    for (const finding of findings) {
      const { area, kind } = finding;
      if (kind === "limit") this.#limit(isBitArea(area) ? "bits" : "registers", Math.max(1, finding.refused - 1), now);
      else {
        const { from, to } = finding;
        const known = this.#facts.some(
          ({ about }) => typeof about === "object" && about.area === area && about.from === from && about.to === to,
        );
        if (!known) this.#doubtLater({ area, from, to, kind }, now);
      }
    }
    if (findings.length > 0) this.version += 1;
  }

  /** True when something is to be doubted now. */
  isDoubtful(now: Millis): boolean {
    for (const { due } of this.#facts) if (due <= now) return true;
    return false;
  }

  /** The reads that would refute what is to be doubted now, as far as a poll of `values` can tell. */
  *doubts<Value extends PolledValue>(
    values: readonly Value[],
    now: Millis,
  ): Generator<{ readonly fact: DoubtfulFact; readonly read: PollRead<Value> }> {
    for (const fact of this.#facts) {
      if (fact.due > now) continue;
      const read = typeof fact.about === "object" ? readOver(fact.about, values) : this.#readBeyond(fact.about, values);
      if (read !== undefined) yield { fact, read };
    }
  }

  /** The unit still refuses it. */
  confirm(fact: DoubtfulFact, now: Millis): void {
    fact.interval = Math.min(lastDoubt, fact.interval * 2);
    fact.due = now + fact.interval;
  }

  /** The unit takes it now: then the rest is in doubt as well. */
  refute(fact: DoubtfulFact, now: Millis): void {
    const at = this.#facts.indexOf(fact);
    if (at < 0) return;
    this.#facts.splice(at, 1);
    if (fact.about === "registers") this.#registers = undefined;
    if (fact.about === "bits") this.#bits = undefined;
    this.doubtAll(now);
    this.version += 1;
  }

  /** The unit was away: it may be another one. */
  doubtAll(now: Millis): void {
    for (const fact of this.#facts) {
      fact.interval = firstDoubt;
      fact.due = Math.min(fact.due, now);
    }
  }

  /** Lets the silence that the unit needs be tried anew when its time has come: once a day. */
  doubtTurnaround(now: Millis): void {
    if (now < this.#turnaroundDoubt) return;
    this.#turnaroundDoubt = now + lastDoubt;
    this.turnaround.retest();
  }

  /** What is worth keeping. */
  facts(): UnitFacts {
    const { line, unit } = this.#parts;
    const { settled } = this.turnaround;
    return {
      line,
      unit,
      holes: this.holes,
      ...(this.#registers !== undefined && { registers: this.#registers }),
      ...(this.#bits !== undefined && { bits: this.#bits }),
      ...(settled > 0 && { turnaround: settled }),
      ...(this.model.ready && { cost: rounded(this.model.cost) }),
    };
  }

  #limit(about: "registers" | "bits", largest: number, now: Millis): void {
    const known = about === "registers" ? this.#registers : this.#bits;
    if (known !== undefined && known <= largest) return;
    if (about === "registers") this.#registers = largest;
    else this.#bits = largest;
    if (known === undefined) this.#doubtLater(about, now);
  }

  #doubtLater(about: DoubtfulFact["about"], now: Millis): void {
    this.#facts.push({ about, interval: firstDoubt, due: now + firstDoubt });
  }

  /** The smallest read beyond the learned limit that a poll would make without it. */
  #readBeyond<Value extends PolledValue>(about: "registers" | "bits", values: readonly Value[]): PollRead<Value> | undefined {
    const { configured } = this.#parts;
    const limit = this.limits[about];
    const of = values.filter((value) => isBitArea(value.area) === (about === "bits") && value.span <= limit);
    const { reads } = planAround(of, { limits: configured, configured, holes: this.holes, cost: this.model.cost });
    return reads.filter(({ request }) => request.quantity > limit).sort((a, b) => a.request.quantity - b.request.quantity)[0];
  }
}

/** The values at the two sides of a gap, or the refused value itself. */
function readOver<Value extends PolledValue>(hole: LearnedHole, values: readonly Value[]): PollRead<Value> | undefined {
  const { area, from, to, kind } = hole;
  if (kind === "value") {
    const refused = values.filter((value) => isRefused(value, hole));
    return refused.length === 0 ? undefined : pollReadOf({ area, address: from, quantity: to - from + 1 }, refused);
  }
  const [left, right] = neighbours(hole, values);
  if (left === undefined || right === undefined) return undefined;
  return pollReadOf({ area, address: left.address, quantity: right.address + right.span - left.address }, [left, right]);
}

function neighbours<Value extends PolledValue>(
  { area, from, to }: LearnedHole,
  values: readonly Value[],
): readonly [Value | undefined, Value | undefined] {
  return [
    values.find((value) => value.area === area && value.address + value.span === from),
    values.find((value) => value.area === area && value.address === to + 1),
  ];
}

/** True when the hole still means something to a poll: a fact about points that were changed is void. */
function fits(hole: LearnedHole, values: readonly PolledValue[]): boolean {
  if (hole.kind === "value") return values.some((value) => isRefused(value, hole));
  return neighbours(hole, values).every((value) => value !== undefined);
}

function bytesOf({ request }: { readonly request: { readonly function: number; readonly quantity: number } }): number {
  return request.function <= FunctionCode.readDiscreteInputs ? request.quantity / 8 : request.quantity * 2;
}

function rounded({ perRequest, perRegister, perBit }: ReadCost): ReadCost {
  const round = (value: number): number => Number(value.toPrecision(3));
  return { perRequest: round(perRequest), perRegister: round(perRegister), perBit: round(perBit) };
}
