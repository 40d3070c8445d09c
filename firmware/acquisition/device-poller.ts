import { classifyException, ExceptionClass } from "../../shared/acquisition/modbus/exception-class.ts";
import { ExceptionCode, ModbusException, nowhere } from "../../shared/acquisition/modbus/modbus-errors.ts";
import { replyData } from "../../shared/acquisition/modbus/reply-data.ts";
import type { SampleSink } from "../../shared/acquisition/ports.ts";
import type { PollRead } from "../../shared/acquisition/reads/poll-plan.ts";
import { planCost } from "../../shared/acquisition/reads/read-cost.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import { Stopped, type StopSignal, throwIfStopped } from "../../shared/base/stop-signal.ts";
import type { Millis } from "../../shared/base/units.ts";
import { type ActiveRead, activeRead, isResting, type PolledGroup, rest } from "./active-read.ts";
import type { LivePoint } from "./live-point.ts";
import { LiveValues } from "./live-values.ts";
import type { ModbusUnit } from "./modbus-unit.ts";
import { type ReadOutcome, ReadTrials } from "./read-trials.ts";

export interface DevicePollerParts {
  readonly unit: ModbusUnit;
  /** The points of the device that share one schedule. */
  readonly points: readonly LivePoint[];
  /** Period of the schedule; `undefined` when it has none: then missed runs are counted instead of time. */
  readonly period: Millis | undefined;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly log: Log;
}

/** A read of several values that went unanswered so often while the unit answered others may be too large for it. */
const silentReads = 3;
/** On a serial line a run gives up after so many unanswered reads. */
const mostSilent = 2;
/** How often the plan is held against what was measured, and what a better one has to cost at most. */
const replanEvery = 120_000;
const worthwhile = 0.9;

/** Polls the points of one unit that share a schedule: planned reads, decoded in place, each value with what its answer is worth. */
export class DevicePoller {
  readonly #parts: DevicePollerParts;
  readonly #values: LiveValues;
  readonly #trials: ReadTrials;
  #reads: ActiveRead[] = [];
  /** Values that the unit refuses, and that no read asks for. */
  #denied: PolledGroup | undefined;
  #version = -1;
  #replanAt: number;
  /** When what the unit was too busy for is to be asked for again; infinite: with the next run. */
  #againAt = Number.POSITIVE_INFINITY;
  #busyRuns = 0;

  /** @throws {RangeTooLarge} a point is longer than the unit's largest read */
  constructor(parts: DevicePollerParts) {
    this.#parts = parts;
    this.#values = new LiveValues(parts);
    this.#trials = new ReadTrials({ ...parts, values: this.#values });
    this.#replanAt = parts.clock.monotonic() + replanEvery;
    this.reset();
  }

  /** Requests of one run. */
  get requests(): number {
    return this.#reads.length;
  }

  /** When another run should come before its time: the unit was busy. */
  get againAt(): number {
    return this.#againAt;
  }

  /** Makes the plan anew. */
  reset(): void {
    const { unit, points, clock } = this.#parts;
    const { learning } = unit;
    const now = clock.monotonic();
    const before = new Map<LivePoint, PolledGroup>();
    for (const group of this.#groups()) for (const live of group.values) before.set(live, group);
    const { reads, denied } = learning.plan(points);
    this.#reads = reads.map((read) => activeRead(read, before, now));
    this.#denied = denied.length === 0 ? undefined : { values: denied, answered: now, missed: 0 };
    this.#trials.reset();
    this.#version = learning.version;
  }

  /** One poll. The first read goes alone: a unit that does not answer costs one timeout a run, however many reads there are. */
  async run(stop: StopSignal): Promise<void> {
    const { unit, clock } = this.#parts;
    const { state } = unit;
    const now = clock.monotonic();
    state.polls += 1;
    this.#againAt = Number.POSITIVE_INFINITY;
    if (unit.breaker.state !== "closed") {
      unit.leftOutSick += 1;
      for (const group of this.#groups()) this.#values.miss(group, state.reason);
      return;
    }
    if (!unit.mayPoll(now)) {
      unit.leftOutSlow += 1;
      return;
    }
    if (this.#version !== unit.learning.version) this.reset();
    else if (now >= this.#replanAt) this.#reconsider(now);
    if (!(await this.#readAll(now, stop))) return;
    if (this.#trials.searching) await this.#trials.search(stop);
    if (this.#version !== unit.learning.version) {
      this.reset();
      this.#tellDenied();
    }
    if (this.#trials.mayDoubt(now)) await this.#trials.doubt(this.#reads, stop);
  }

  /** Takes trust away from values that have had no answer for the configured cycles. Called often; costs next to nothing. */
  expire(now: Millis): void {
    const { unit, period } = this.#parts;
    const { state } = unit;
    const { staleAfter } = state.device;
    for (const group of this.#groups()) {
      const over = period === undefined ? group.missed >= staleAfter : now - group.answered >= staleAfter * period;
      if (over) this.#values.expire(group, state.reason);
    }
    if (period !== undefined && now - state.answeredAt >= staleAfter * period) state.lost();
  }

  /** There will be no more runs: the values grow stale at once. */
  setAside(reason: string): void {
    for (const group of this.#groups()) this.#values.setAside(group, reason);
  }

  /** @returns whether the unit answers */
  async #readAll(now: Millis, stop: StopSignal): Promise<boolean> {
    const { unit } = this.#parts;
    const due = this.#due(now);
    const [first, ...others] = due;
    if (first === undefined) return this.#trials.searching || this.#askDenied(stop);
    const outcome = await this.#read(first, stop);
    if (outcome === "silent" || outcome === "void") {
      for (const read of others) this.#values.miss(read, unit.state.reason);
      if (outcome === "silent") unit.pollMissed(first.read.pdu);
      // Whether it is the unit or this read alone shows when another goes first.
      this.#reads = [...this.#reads.filter((read) => read !== first), first];
      return false;
    }
    this.#tellDenied();
    if (others.length === 1 && others[0] !== undefined) await this.#read(others[0], stop);
    else if (unit.ward.serial) await this.#inTurn(others, stop);
    else if (others.length > 1) await Promise.all(others.map((read) => this.#read(read, stop)));
    unit.polled();
    return true;
  }

  /** Reads that are not left alone for now: nearly always all of them. */
  #due(now: Millis): readonly ActiveRead[] {
    if (!this.#trials.searching && !this.#reads.some((active) => active.restUntil > now)) return this.#reads;
    const due: ActiveRead[] = [];
    for (const active of this.#reads) {
      if (isResting(active, now)) this.#values.deny(active, active.reason);
      else if (!this.#trials.isSearched(active)) due.push(active);
    }
    return due;
  }

  /** On a line that carries one request at a time others get their turn in between, and a unit that went away costs little. */
  async #inTurn(reads: readonly ActiveRead[], stop: StopSignal): Promise<void> {
    let silent = 0;
    for (const read of reads) {
      if (silent >= mostSilent) this.#values.miss(read, this.#parts.unit.state.reason);
      else if ((await this.#read(read, stop)) === "silent") silent += 1;
    }
    if (silent > 0) this.#reads.sort((a, b) => a.missed - b.missed);
  }

  /** With every value refused, one of them still tells whether the unit is there. */
  async #askDenied(stop: StopSignal): Promise<boolean> {
    const { unit } = this.#parts;
    if (this.#denied === undefined) return false;
    const outcome = await unit.probe(unit.timeout, undefined, stop);
    if (outcome === "missed") unit.pollMissed();
    if (outcome !== "answered") return false;
    unit.state.answered();
    unit.polled();
    this.#tellDenied();
    return true;
  }

  async #read(active: ActiveRead, stop: StopSignal): Promise<ReadOutcome> {
    const { unit } = this.#parts;
    const { request, pdu, values } = active.read;
    unit.state.reads += 1;
    unit.state.requestsSaved += values.length - 1;
    for (let again = false; ; again = true) {
      try {
        const reply = await unit.exchange(pdu, stop);
        throwIfStopped(stop);
        this.#take(active, reply, replyData(request, reply, nowhere));
        return "answered";
      } catch (error) {
        if (error instanceof Stopped || stop.aborted) throw error;
        // A damaged reply says that the unit is there: once more, at once.
        if (!again && codeAndReason(error).code === "EDGE_MODBUS_REPLY") continue;
        return this.#failed(active, error);
      }
    }
  }

  #take(active: ActiveRead, reply: Uint8Array, dataOffset: number): void {
    const now = this.#parts.clock.monotonic();
    active.answered = now;
    active.missed = 0;
    active.silent = 0;
    active.restUntil = 0;
    active.restStep = 0;
    this.#busyRuns = 0;
    this.#parts.unit.state.answered();
    this.#values.take(active.read, reply, dataOffset, now);
  }

  #failed(active: ActiveRead, error: unknown): ReadOutcome {
    const { unit, clock } = this.#parts;
    const { state } = unit;
    const { request } = active.read;
    const { code, reason } = codeAndReason(error);
    const exception = error instanceof ModbusException ? error.exception : undefined;
    const kind = exception === undefined ? undefined : classifyException(exception);
    const place = { function: request.function, address: request.address };
    if (exception !== undefined) state.refused(request.function, exception);
    if (kind === undefined || kind === ExceptionClass.unreachable) {
      state.missed(code, reason, place);
      this.#tell(active, error);
      this.#values.miss(active, reason);
      if (code !== "EDGE_MODBUS_TIMEOUT" && code !== "EDGE_MODBUS_REPLY" && kind === undefined) return "void";
      if (active.silent === 0) active.silentSince = clock.monotonic();
      active.silent += 1;
      if (active.silent >= silentReads && state.answeredAt > active.silentSince) this.#trials.suspect(active);
      return "silent";
    }
    state.failed(code, reason, place);
    state.answered();
    if (kind === ExceptionClass.busy) {
      this.#values.miss(active, reason);
      this.#comeAgain();
      return "answered";
    }
    if (kind === ExceptionClass.absent && exception !== ExceptionCode.illegalFunction && this.#trials.suspect(active)) {
      this.#values.miss(active, reason);
      return "refused";
    }
    rest(active, reason, exception === ExceptionCode.illegalFunction ? "long" : "short", clock.monotonic());
    this.#values.deny(active, reason);
    return "refused";
  }

  #tell(active: ActiveRead, error: unknown): void {
    const { log, unit } = this.#parts;
    const { code, reason } = codeAndReason(error);
    const fields = { ...unit.place(active.read.pdu), code, error: reason };
    if (code === "EDGE_INTERNAL") log.error(fields, "a poll failed in an unforeseen way");
    else log.debug(fields, "no answer to a poll");
  }

  /** A better plan by what was measured is taken up when it is better by a good deal. */
  #reconsider(now: Millis): void {
    this.#replanAt = now + replanEvery;
    this.#trials.renew();
    const { unit, points } = this.#parts;
    const { model } = unit.learning;
    if (!unit.device.learn || !model.ready || this.#trials.searching) return;
    unit.learnt();
    const costOf = (reads: readonly PollRead<LivePoint>[]): number =>
      planCost(
        reads.map(({ request, values }) => ({ area: values[0]?.area ?? "holding", quantity: request.quantity })),
        model.cost,
      );
    const { reads } = unit.learning.plan(points);
    if (costOf(reads) <= worthwhile * costOf(this.#reads.map(({ read }) => read))) this.reset();
  }

  /** A unit that was too busy is asked again after a little while, longer each time, where its next turn is far off. */
  #comeAgain(): void {
    const { period, clock } = this.#parts;
    this.#busyRuns += 1;
    const wait = Math.min(250 * 2 ** Math.min(this.#busyRuns, 8), 30_000);
    if (period === undefined || wait < period / 2) this.#againAt = clock.monotonic() + wait;
  }

  *#groups(): Generator<PolledGroup> {
    yield* this.#reads;
    if (this.#denied !== undefined) yield this.#denied;
  }

  #tellDenied(): void {
    if (this.#denied === undefined) return;
    this.#values.deny(this.#denied, "the unit refuses it (illegal data address or value); it is asked again from time to time");
  }
}
