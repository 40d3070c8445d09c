import { TimeBudget } from "../../shared/acquisition/isolation/time-budget.ts";
import { UnitBreaker } from "../../shared/acquisition/isolation/unit-breaker.ts";
import type { UnitLearning } from "../../shared/acquisition/learning/unit-learning.ts";
import { classifyException, ExceptionClass } from "../../shared/acquisition/modbus/exception-class.ts";
import { exceptionFlag, FunctionCode } from "../../shared/acquisition/modbus/modbus-function.ts";
import { readWord } from "../../shared/acquisition/modbus/wire-word.ts";
import type { ExchangeOptions, LearnedFacts } from "../../shared/acquisition/ports.ts";
import type { ReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import type { ResolvedDevice } from "../../shared/acquisition/resolve-device.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { DeviceState } from "./device-state.ts";
import type { LineWard, ProbeOutcome, WardedUnit } from "./line-ward.ts";

export interface ModbusUnitParts {
  readonly device: ResolvedDevice;
  readonly state: DeviceState;
  readonly ward: LineWard;
  readonly learning: UnitLearning;
  /** The cheapest read that the polls of the unit would make, encoded; `undefined`: it has no polls. */
  readonly cheapest: Uint8Array | undefined;
  readonly learned: LearnedFacts | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

const probeBackoff = { initial: millis(1000), max: millis(60_000) };
/** A unit that takes so many times what most units of its line take is slow. */
const slowFactor = 5;
/** Above this utilisation a line has no time to give away. */
const saturated = 0.9;

/** One Modbus unit on its line: every exchange with it goes through here, is measured, and tells how the unit is. */
export class ModbusUnit implements WardedUnit {
  readonly device: ResolvedDevice;
  readonly state: DeviceState;
  readonly ward: LineWard;
  readonly learning: UnitLearning;
  readonly breaker: UnitBreaker;
  readonly #parts: ModbusUnitParts;
  readonly #budget: TimeBudget;
  readonly #recovered = new Set<() => void>();
  readonly #learnsTurnaround: boolean;
  #options: ExchangeOptions;
  #usual: number | undefined;
  /** Time its reads take against what is typical for the line. */
  #slowness = 1;
  /** False: it is not polled, and not probed either. */
  enabled = true;
  opened = 0;
  probesAnswered = 0;
  probesMissed = 0;
  /** Reads made to learn something. */
  trials = 0;
  /** Polls left out: the unit does not answer, or takes more than its share of the line. */
  leftOutSick = 0;
  leftOutSlow = 0;

  constructor(parts: ModbusUnitParts) {
    const { device, ward, clock, random } = parts;
    this.#parts = parts;
    this.device = device;
    this.state = parts.state;
    this.ward = ward;
    this.learning = parts.learning;
    this.breaker = new UnitBreaker(probeBackoff, random);
    this.#budget = new TimeBudget({ share: 1, burst: millis(Math.max(device.timeout, 1000)) }, clock.monotonic());
    this.#learnsTurnaround = ward.serial && device.learn && device.turnaround === undefined;
    this.#options = this.#makeOptions();
    ward.adopt(this);
  }

  get timeout(): Millis {
    return this.device.timeout;
  }

  get usual(): Millis | undefined {
    return this.#usual === undefined ? undefined : millis(this.#usual);
  }

  get cost(): ReadCost | undefined {
    return this.learning.model.ready ? this.learning.model.cost : undefined;
  }

  get slow(): boolean {
    return this.#slowness > slowFactor;
  }

  /** `listener` runs whenever the unit answers again after it was left alone. @returns what ends that */
  onRecovered(listener: () => void): () => void {
    this.#recovered.add(listener);
    return () => this.#recovered.delete(listener);
  }

  /** False when the unit is so slow that another poll now would take more than its part of a line that is fully used. */
  mayPoll(now: Millis): boolean {
    if (!this.slow || this.ward.meter.utilisation < saturated) return true;
    this.#budget.share = 1 / Math.max(1, this.ward.healthy);
    return this.#budget.wait(millis(0), now) === 0;
  }

  /**
   * Sends one request and gives back the reply, exception replies included.
   * @throws what the line throws
   */
  exchange(request: Uint8Array, stop: StopSignal, urgent = false): Promise<Uint8Array> {
    const options = urgent ? { ...this.#currentOptions(), urgent } : this.#currentOptions();
    return this.#learnsTurnaround ? this.#patient(request, options, stop) : this.#measured(request, options, stop);
  }

  async probe(timeout: Millis, pause: Millis | undefined, stop: StopSignal): Promise<ProbeOutcome> {
    const { cheapest, state, log } = this.#parts;
    if (cheapest === undefined || !this.enabled) return "void";
    const turnaround = this.device.turnaround ?? pause ?? this.#options.turnaround;
    state.reads += 1;
    try {
      const reply = await this.#measured(cheapest, { timeout, ...(turnaround !== undefined && { turnaround }) }, stop);
      if (!isGatewayRefusal(reply)) {
        this.probesAnswered += 1;
        return "answered";
      }
      return this.#probeMissed();
    } catch (error) {
      const { code, reason } = codeAndReason(error);
      log.debug({ ...this.place(cheapest), code, error: reason }, "no answer to a probe");
      if (!isSilence(error) && code !== "EDGE_MODBUS_REPLY") return "void";
      state.missed(code, reason, placeOf(cheapest));
      return this.#probeMissed();
    }
  }

  /** Only a probe that is missed as well makes a unit count as gone: one that comes and goes is not told of each time. */
  #probeMissed(): ProbeOutcome {
    this.probesMissed += 1;
    if (this.breaker.state !== "closed") this.state.lost();
    return "missed";
  }

  /** A poll went wholly unanswered. @param request the one that was not answered; default: the cheapest */
  pollMissed(request = this.#parts.cheapest ?? new Uint8Array(0)): void {
    if (!this.breaker.missed(this.#parts.clock.monotonic())) return;
    const { log, state } = this.#parts;
    this.opened += 1;
    log.warn(
      { ...this.place(request), code: state.lastError?.code, error: state.reason },
      "the unit does not answer: it is left alone but for probes, so that it keeps up no other",
    );
    this.ward.changed();
  }

  /** A poll was answered. */
  polled(): void {
    this.breaker.polled();
  }

  /** Something was found out that is worth keeping. */
  learnt(): void {
    this.#parts.learned?.put(this.device.thing, this.learning.facts());
  }

  /** What a log names. */
  place(request: Uint8Array): object {
    return { line: this.ward.line.id, thing: this.device.thing, unit: this.device.unit, ...placeOf(request) };
  }

  /** A silence that is on trial and was too short is no failure of the unit: then it gets one that is surely long enough. */
  async #patient(request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array> {
    try {
      return await this.#measured(request, options, stop);
    } catch (error) {
      const { fallback } = this.learning.turnaround;
      if (fallback === undefined || !isSilence(error)) throw error;
      return this.#measured(request, { ...options, turnaround: fallback }, stop);
    }
  }

  async #measured(request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array> {
    const { clock } = this.#parts;
    const { line, meter } = this.ward;
    const asked = clock.monotonic();
    const silence = Math.max(meter.begin(asked), options.turnaround ?? 0);
    let reply: Uint8Array;
    try {
      reply = await line.exchange(this.device.unit, request, options, stop);
    } catch (error) {
      if (isSilence(error)) {
        meter.end(asked, clock.monotonic());
        this.ward.lost(options.timeout);
        if (this.#learnsTurnaround) this.#observe(silence, false);
      } else meter.drop();
      throw error;
    }
    const now = clock.monotonic();
    const taken = meter.end(asked, now);
    if (isGatewayRefusal(reply)) this.ward.lost(taken);
    else this.#answered(request, reply, taken, silence, now);
    return reply;
  }

  #answered(request: Uint8Array, reply: Uint8Array, taken: Millis, silence: number, now: Millis): void {
    this.#usual = Math.max(taken, (this.#usual ?? 0) * 0.98);
    if (this.#learnsTurnaround) this.#observe(silence, true);
    const code = reply[0] ?? 0;
    if (code <= FunctionCode.readInputRegisters && code === request[0]) {
      const bytes = reply.length - 2;
      this.learning.model.observe(bytes, taken * 1000);
      const typical = this.ward.typical(now);
      if (typical !== undefined) {
        const expected = (typical.perRequest + (typical.perRegister / 2) * bytes) / 1000;
        this.#slowness += 0.2 * (taken / Math.max(0.01, expected) - this.#slowness);
      }
    }
    if (this.slow) this.#budget.spend(taken, now);
    if (this.breaker.answered()) this.#recover(request, now);
  }

  #recover(request: Uint8Array, now: Millis): void {
    const { log, state } = this.#parts;
    log.info({ ...this.place(request), probes: this.breaker.attempt }, "the unit answers again");
    state.answered();
    if (this.state.reads > 0) this.learning.doubtAll(now);
    this.ward.changed();
    for (const listener of this.#recovered) listener();
  }

  #observe(silence: number, answered: boolean): void {
    const { turnaround } = this.learning;
    if (!turnaround.observe(millis(silence), answered)) return;
    this.#parts.log.warn(
      { line: this.ward.line.id, thing: this.device.thing, unit: this.device.unit, turnaround: turnaround.settled },
      "the unit needs silence before a request; it gets it from now on",
    );
    this.learnt();
  }

  #currentOptions(): ExchangeOptions {
    if (!this.#learnsTurnaround) return this.#options;
    this.learning.doubtTurnaround(this.#parts.clock.monotonic());
    if (this.learning.turnaround.turnaround !== (this.#options.turnaround ?? 0)) this.#options = this.#makeOptions();
    return this.#options;
  }

  #makeOptions(): ExchangeOptions {
    const { timeout } = this.device;
    const turnaround = this.device.turnaround ?? (this.#learnsTurnaround ? this.learning.turnaround.turnaround : 0);
    return turnaround > 0 ? { timeout, turnaround: millis(turnaround) } : { timeout };
  }
}

/** Nothing came. */
function isSilence(error: unknown): boolean {
  return codeAndReason(error).code === "EDGE_MODBUS_TIMEOUT";
}

/** The gateway says that the unit behind it does not answer. Modbus Application Protocol V1.1b3 §7, codes 0A and 0B. */
function isGatewayRefusal(reply: Uint8Array): boolean {
  return (reply[0] ?? 0) >= exceptionFlag && classifyException(reply[1] ?? 0) === ExceptionClass.unreachable;
}

function placeOf(request: Uint8Array): { readonly function: number; readonly address: number } {
  return { function: request[0] ?? 0, address: request.length >= 3 ? readWord(request, 1) : 0 };
}
