import type { DoubtfulFact } from "../../shared/acquisition/learning/unit-learning.ts";
import { classifyException, ExceptionClass } from "../../shared/acquisition/modbus/exception-class.ts";
import { ModbusException, nowhere } from "../../shared/acquisition/modbus/modbus-errors.ts";
import { replyData } from "../../shared/acquisition/modbus/reply-data.ts";
import type { PollRead } from "../../shared/acquisition/reads/poll-plan.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import { Stopped, type StopSignal, throwIfStopped } from "../../shared/base/stop-signal.ts";
import type { Millis } from "../../shared/base/units.ts";
import type { ActiveRead } from "./active-read.ts";
import type { LivePoint } from "./live-point.ts";
import type { LiveValues } from "./live-values.ts";
import type { ModbusUnit } from "./modbus-unit.ts";
import { RefusedRead } from "./refused-read.ts";

export interface ReadTrialsParts {
  readonly unit: ModbusUnit;
  readonly points: readonly LivePoint[];
  readonly values: LiveValues;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a read came to: `silent` no answer · `refused` there is no such value, or the read is too large · `void` it says nothing about the read. */
export type ReadOutcome = "answered" | "silent" | "refused" | "void";

/** Reads that one run may spend on finding out why others are refused. */
const trialsPerRun = 32;
/** Reads of another size between two looks at the plan, where all are alike. */
const explorations = 4;
/** On a line that is used less than this, a better plan is worth nothing. */
const worthwhile = 0.05;

/** Reads that a poll makes beyond its plan to learn what the unit takes; the values they bring are taken all the same. */
export class ReadTrials {
  readonly #parts: ReadTrialsParts;
  /** Reads that were refused, for reasons to be found out. */
  #waiting: ActiveRead[] = [];
  #refused: RefusedRead | undefined;
  #explorations = explorations;
  /** What to read to measure what sizes cost. */
  #unlike: PollRead<LivePoint> | "none" | undefined;

  constructor(parts: ReadTrialsParts) {
    this.#parts = parts;
  }

  /** True while the reason why a read was refused is not found yet. */
  get searching(): boolean {
    return this.#refused !== undefined || this.#waiting.length > 0;
  }

  isSearched(active: ActiveRead): boolean {
    return active === this.#refused?.active || this.#waiting.includes(active);
  }

  /** Has it found out why the unit does not take a read. @returns whether there is anything to find out */
  suspect(active: ActiveRead): boolean {
    if (!this.#parts.unit.device.learn) return false;
    if (!this.#waiting.includes(active)) this.#waiting.push(active);
    return true;
  }

  /** The plan is another one: what was suspected is void. */
  reset(): void {
    this.#waiting = [];
    this.#refused = undefined;
    this.#unlike = undefined;
  }

  /** Some time has passed: sizes may be measured anew. */
  renew(): void {
    this.#explorations = explorations;
  }

  /** Finds out why reads were refused, as far as one run may. */
  async search(stop: StopSignal): Promise<void> {
    for (let trials = trialsPerRun; trials > 0; ) {
      const refused = this.#refused ?? this.#next();
      if (refused === undefined) return;
      const { probe } = refused;
      if (probe === undefined) {
        this.#found(refused);
        continue;
      }
      trials -= 1;
      const outcome = await this.#try(probe, stop);
      if (outcome === "void") return;
      if (outcome === "silent") {
        // With a limit that is kept silent about each probe may cost a timeout: one a run, and only while the unit is there.
        trials = 0;
        if (!refused.silent || (await this.#parts.unit.probe(this.#parts.unit.timeout, undefined, stop)) !== "answered") {
          this.#refused = undefined;
          return;
        }
      }
      refused.answer(outcome === "answered");
    }
  }

  /** True when there is something to doubt or to measure. Costs next to nothing. */
  mayDoubt(now: Millis): boolean {
    return !this.searching && (this.#parts.unit.learning.isDoubtful(now) || this.#mayExplore());
  }

  /** Doubts what was found out long ago, or measures what sizes cost: at most one read. @param reads of the plan */
  async doubt(reads: readonly ActiveRead[], stop: StopSignal): Promise<void> {
    const { unit, points, clock } = this.#parts;
    for (const { fact, read } of unit.learning.doubts(points, clock.monotonic())) {
      await this.#doubt(fact, read, stop);
      return;
    }
    if (this.#mayExplore()) await this.#explore(reads, stop);
  }

  #mayExplore(): boolean {
    const { unit } = this.#parts;
    return this.#explorations > 0 && unit.device.learn && unit.ward.meter.utilisation > worthwhile && unit.learning.model.vague;
  }

  #next(): RefusedRead | undefined {
    const next = this.#waiting.shift();
    this.#refused = next === undefined ? undefined : new RefusedRead(next);
    return this.#refused;
  }

  #found(refused: RefusedRead): void {
    const { unit, clock, log } = this.#parts;
    const { read } = refused.active;
    this.#refused = undefined;
    unit.learning.apply(refused.findings, clock.monotonic());
    log.warn(
      { ...unit.place(read.pdu), quantity: read.request.quantity, found: refused.findings },
      "the unit refuses a read; from now on it is asked for what it takes",
    );
    unit.learnt();
  }

  async #doubt(fact: DoubtfulFact, read: PollRead<LivePoint>, stop: StopSignal): Promise<void> {
    const { unit, clock, log } = this.#parts;
    const outcome = await this.#try(read, stop);
    const now = clock.monotonic();
    if (outcome === "answered") {
      unit.learning.refute(fact, now);
      log.info({ ...unit.place(read.pdu), was: fact.about }, "the unit takes a read that it refused before");
      unit.learnt();
    } else if (outcome !== "void") unit.learning.confirm(fact, now);
  }

  async #explore(reads: readonly ActiveRead[], stop: StopSignal): Promise<void> {
    const { unit, points } = this.#parts;
    this.#explorations -= 1;
    const planned = reads.map(({ read }) => read);
    this.#unlike ??= unit.learning.unlike(points, planned) ?? "none";
    if (this.#unlike !== "none" && (await this.#try(this.#unlike, stop)) === "refused") this.#unlike = "none";
  }

  async #try(read: PollRead<LivePoint>, stop: StopSignal): Promise<ReadOutcome> {
    const { unit, values } = this.#parts;
    unit.trials += 1;
    unit.state.reads += 1;
    try {
      const reply = await unit.exchange(read.pdu, stop);
      throwIfStopped(stop);
      values.take(read, reply, replyData(read.request, reply, nowhere), this.#parts.clock.monotonic());
      unit.state.answered();
      return "answered";
    } catch (error) {
      if (error instanceof Stopped || stop.aborted) throw error;
      if (!(error instanceof ModbusException)) return codeAndReason(error).code === "EDGE_MODBUS_TIMEOUT" ? "silent" : "void";
      unit.state.refused(read.request.function, error.exception);
      return classifyException(error.exception) === ExceptionClass.absent ? "refused" : "void";
    }
  }
}
