import { classifyException, ExceptionClass } from "../../shared/acquisition/modbus/exception-class.ts";
import { ModbusException, nowhere } from "../../shared/acquisition/modbus/modbus-errors.ts";
import { replyData } from "../../shared/acquisition/modbus/reply-data.ts";
import type { ExchangeOptions, ModbusLine, SampleSink } from "../../shared/acquisition/ports.ts";
import { type PollRead, planPoll, splitPoll } from "../../shared/acquisition/reads/poll-plan.ts";
import type { ReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import type { ResolvedDevice } from "../../shared/acquisition/resolve-device.ts";
import type { Sample } from "../../shared/acquisition/sample.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { DeviceState } from "./device-state.ts";
import type { LivePoint } from "./live-point.ts";

export interface DevicePollerParts {
  readonly device: ResolvedDevice;
  readonly state: DeviceState;
  /** The points of the device that share one schedule. */
  readonly points: readonly LivePoint[];
  /** Period of the schedule; `undefined` when it has none: then missed runs are counted instead of time. */
  readonly period: Millis | undefined;
  readonly line: ModbusLine;
  readonly cost: ReadCost;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly log: Log;
}

/** One request of the poll with what became of it lately. */
interface ActiveRead {
  readonly read: PollRead<LivePoint>;
  /** Monotonic time of the last usable answer. */
  answered: Millis;
  /** Runs without a usable answer since then. */
  missed: number;
}

/** What an exchange says about asking the unit for more. */
type Outcome = "answered" | "unreachable";

/** After a refused read was split, the whole one is tried again so much later: the device may only have been starting. */
const mendAfter = millis(600_000);

/** Polls the points of one unit that share a schedule: planned reads, decoded in place, each value with what its answer is worth. */
export class DevicePoller {
  readonly #parts: DevicePollerParts;
  readonly #options: ExchangeOptions;
  readonly #planned: readonly PollRead<LivePoint>[];
  #reads: ActiveRead[];
  #mendAt: Millis | undefined;

  /** @throws {RangeTooLarge} a point is longer than the unit's largest read */
  constructor(parts: DevicePollerParts) {
    this.#parts = parts;
    const { device } = parts;
    this.#options = { timeout: device.timeout };
    this.#planned = planPoll(parts.points, device.limits, parts.cost);
    this.#reads = this.#planned.map((read) => this.#active(read));
  }

  /** Requests of one run. */
  get requests(): number {
    return this.#reads.length;
  }

  /** One poll. The first read goes alone: a unit that does not answer costs one timeout a run, however many reads there are. */
  async run(stop: StopSignal): Promise<void> {
    const { state, clock } = this.#parts;
    state.polls += 1;
    if (this.#mendAt !== undefined && clock.monotonic() >= this.#mendAt) {
      this.#mendAt = undefined;
      this.#reads = this.#planned.map((read) => this.#active(read));
    }
    const [first, ...rest] = this.#reads;
    if (first === undefined) return;
    if ((await this.#exchange(first, stop)) === "answered") {
      if (rest.length === 1 && rest[0] !== undefined) await this.#exchange(rest[0], stop);
      else if (rest.length > 1) await Promise.all(rest.map((read) => this.#exchange(read, stop)));
    } else {
      for (const read of rest) this.#miss(read, state.reason);
    }
  }

  /** Takes trust away from values that have had no answer for the configured cycles. Called often; costs next to nothing. */
  expire(now: Millis): void {
    const { state, period } = this.#parts;
    const { staleAfter } = state.device;
    for (const active of this.#reads) {
      const over = period === undefined ? active.missed >= staleAfter : now - active.answered >= staleAfter * period;
      if (over) this.#stale(active);
    }
    if (period !== undefined && now - state.answeredAt >= staleAfter * period) state.lost();
  }

  async #exchange(active: ActiveRead, stop: StopSignal): Promise<Outcome> {
    const { line, state } = this.#parts;
    const { request, pdu, values } = active.read;
    state.reads += 1;
    state.requestsSaved += values.length - 1;
    try {
      const reply = await line.exchange(state.device.unit, pdu, this.#options, stop);
      this.#take(active, reply, replyData(request, reply, nowhere));
      return "answered";
    } catch (error) {
      if (error instanceof Stopped) throw error;
      return this.#failed(active, error);
    }
  }

  #take(active: ActiveRead, reply: Uint8Array, dataOffset: number): void {
    const { clock, state } = this.#parts;
    const { values, offsets, request } = active.read;
    const at = clock.wall();
    const now = clock.monotonic();
    active.answered = now;
    active.missed = 0;
    state.answered();
    const base = request.function <= 2 ? dataOffset * 8 : dataOffset;
    const samples: Sample[] = [];
    for (let i = 0; i < values.length; i += 1) {
      const live = values[i];
      if (live === undefined) continue;
      const sample = live.tracker.measured(live.codec.decode(reply, base + (offsets[i] ?? 0)), at);
      if (live.filter.passes(sample, now)) samples.push(sample);
    }
    if (samples.length > 0) this.#parts.sink.accept(samples);
  }

  #failed(active: ActiveRead, error: unknown): Outcome {
    const { state, log, line } = this.#parts;
    const { request } = active.read;
    const { code, reason } = codeAndReason(error);
    const place = {
      line: line.id,
      thing: state.device.thing,
      unit: state.device.unit,
      function: request.function,
      address: request.address,
    };
    if (!(error instanceof ModbusException)) {
      if (code === "EDGE_INTERNAL") log.error({ ...place, error: reason }, "a poll failed in an unforeseen way");
      else log.debug({ ...place, code, error: reason }, "no answer to a poll");
      state.missed(code, reason);
      this.#miss(active, reason);
      return "unreachable";
    }
    state.refused(request.function, error.exception);
    const kind = classifyException(error.exception);
    if (kind === ExceptionClass.unreachable) {
      state.missed(code, reason);
      this.#miss(active, reason);
      return "unreachable";
    }
    state.answered();
    if (kind === ExceptionClass.busy) this.#miss(active, reason);
    else if (!this.#split(active, reason)) this.#deny(active, reason);
    return "answered";
  }

  /** Asks for the values apart from the next run on, so that one that is not there spoils no other. */
  #split(active: ActiveRead, reason: string): boolean {
    const { cost, clock, device, log, state } = this.#parts;
    const parts = splitPoll(active.read, device.limits, cost);
    if (parts === undefined) return false;
    this.#reads = this.#reads.flatMap((read) =>
      read === active ? parts.map((part) => ({ read: part, answered: active.answered, missed: active.missed })) : [read],
    );
    this.#mendAt ??= millis(clock.monotonic() + mendAfter);
    log.warn(
      { thing: state.device.thing, unit: state.device.unit, reads: parts.length, error: reason },
      "the device refuses a read of several values; they are read apart",
    );
    this.#miss(active, reason);
    return true;
  }

  #miss(active: ActiveRead, reason: string): void {
    active.missed += 1;
    this.#each(active, (live, at) => live.tracker.missed(reason, at));
  }

  #deny(active: ActiveRead, reason: string): void {
    active.answered = this.#parts.clock.monotonic();
    active.missed = 0;
    this.#each(active, (live, at) => live.tracker.denied(reason, at));
  }

  #stale(active: ActiveRead): void {
    this.#each(active, (live, at) => live.tracker.expired(this.#parts.state.reason, at));
  }

  #each(active: ActiveRead, change: (live: LivePoint, at: ReturnType<Clock["wall"]>) => Sample | undefined): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const live of active.read.values) {
      const sample = change(live, at);
      if (sample !== undefined && live.filter.passes(sample, now)) samples.push(sample);
    }
    if (samples.length > 0) this.#parts.sink.accept(samples);
  }

  #active(read: PollRead<LivePoint>): ActiveRead {
    return { read, answered: this.#parts.clock.monotonic(), missed: 0 };
  }
}
