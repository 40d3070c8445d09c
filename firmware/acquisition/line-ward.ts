import { LineMeter } from "../../shared/acquisition/isolation/line-meter.ts";
import { TimeBudget } from "../../shared/acquisition/isolation/time-budget.ts";
import type { UnitBreaker } from "../../shared/acquisition/isolation/unit-breaker.ts";
import type { ModbusLine } from "../../shared/acquisition/ports.ts";
import type { ReadCost } from "../../shared/acquisition/reads/read-cost.ts";
import type { ResolvedLine } from "../../shared/acquisition/resolve-line.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";

/** What a probe came to; `void`: it could not be made, which says nothing about the unit. */
export type ProbeOutcome = "answered" | "missed" | "void";

/** What the ward needs to know of a unit. */
export interface WardedUnit {
  readonly breaker: UnitBreaker;
  /** How long it may take to answer. */
  readonly timeout: Millis;
  /** How long its answers have taken at most lately; `undefined`: none yet. */
  readonly usual: Millis | undefined;
  /** What its reads take, once measured. */
  readonly cost: ReadCost | undefined;
  /** The cheapest read of the unit. Does not reject but with {Stopped}. @param pause silence before it */
  probe(timeout: Millis, pause: Millis | undefined, stop: StopSignal): Promise<ProbeOutcome>;
}

export interface LineWardParts {
  readonly line: ModbusLine;
  /** `undefined`: a TCP line with all defaults. */
  readonly settings: ResolvedLine | undefined;
  readonly clock: Clock;
}

const defaultShare = 0.03;
/** While no unit of the line answers there is nobody to protect: then each is probed at least so often. */
const loneWait = 5000;
/** A probe that could not be made comes again after this. */
const voidWait = millis(1000);
/** The largest timeout that is waited for with savings; a longer one is paid for afterwards. */
const leastBurst = 1000;
/** A probe waits for the unit's longest usual answer times this, and not less than so long. */
const usualTimes = 4;
const shortestProbe = 50;
/** Every so many probes the unit is given its whole timeout: it may have become slow. */
const fullEvery = 4;
/** On a serial line every second probe comes after such a silence: the unit may need one. */
const probePause = millis(200);
/** A probe that is never heard of again is given up so long after its timeout. */
const hangBound = 60_000;
/** What most units of the line need is looked at so often. */
const typicalEvery = 5000;

/**
 * Looks after the units of one line that do not answer: probes them, one at a time and in the order in which they are due, so that all of them
 * together take no more of the line than its sick share from those that answer. A probe that is answered costs nothing of that share.
 */
export class LineWard {
  readonly line: ModbusLine;
  readonly meter = new LineMeter();
  /** True where units share a serial line with this one. */
  readonly serial: boolean;
  readonly #clock: Clock;
  readonly #units: WardedUnit[] = [];
  readonly #stop = new AbortController();
  readonly #budget: TimeBudget;
  readonly #burst: Millis;
  /** Somebody on the line answers. */
  #guarded = true;
  #probing = false;
  #disarm: Disarm = () => {};
  #typical: ReadCost | undefined;
  #typicalAt = Number.NEGATIVE_INFINITY;
  /** Line time that was waited for units in vain, milliseconds. */
  sickTime = 0;

  constructor({ line, settings, clock }: LineWardParts) {
    this.line = line;
    this.serial = settings !== undefined && settings.protocol !== "modbus-tcp";
    this.#clock = clock;
    this.#burst = millis(Math.max(leastBurst, settings?.timeout ?? 0));
    this.#budget = new TimeBudget({ share: settings?.sickShare ?? defaultShare, burst: this.#burst }, clock.monotonic());
  }

  adopt(unit: WardedUnit): void {
    this.#units.push(unit);
  }

  /** Units that are polled. */
  get healthy(): number {
    let count = 0;
    for (const { breaker } of this.#units) if (breaker.state === "closed") count += 1;
    return count;
  }

  /** What most units of the line need for a read; `undefined` while that is unknown or there is only one. */
  typical(now: Millis): ReadCost | undefined {
    if (now - this.#typicalAt >= typicalEvery) {
      this.#typicalAt = now;
      const costs = this.#units.flatMap(({ cost }) => cost ?? []);
      const low = (of: (cost: ReadCost) => number): number => costs.map(of).sort((a, b) => a - b)[(costs.length - 1) >> 1] ?? 0;
      this.#typical =
        costs.length < 2
          ? undefined
          : { perRequest: low((c) => c.perRequest), perRegister: low((c) => c.perRegister), perBit: low((c) => c.perBit) };
    }
    return this.#typical;
  }

  /** So much time was waited for a unit in vain. */
  lost(time: Millis): void {
    this.sickTime += time;
    this.#budget.drain(time, this.#clock.monotonic());
  }

  /** To be called when the breaker of a unit opened or closed. */
  changed(): void {
    if (!this.#probing) this.#arm();
  }

  close(): void {
    this.#stop.abort();
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    if (this.#stop.signal.aborted) return;
    const now = this.#clock.monotonic();
    const guarded = this.healthy > 0;
    if (guarded && !this.#guarded) this.#revived(now);
    this.#guarded = guarded;
    let next: WardedUnit | undefined;
    for (const unit of this.#units) {
      if (!guarded && unit.breaker.state === "open") unit.breaker.hasten(millis(now + loneWait));
      if (unit.breaker.due < (next?.breaker.due ?? Number.POSITIVE_INFINITY)) next = unit;
    }
    if (next === undefined) return;
    const wait = Math.max(next.breaker.due - now, guarded ? this.#budget.wait(this.#terms(next).cost, now) : 0);
    // Rounded up, so that the timer does not go off just before the time.
    this.#disarm = this.#clock.after(millis(Math.max(0, Math.ceil(wait))), () => void this.#probe(next));
  }

  /** The first unit of a line that was away as a whole is back: the others may be as well. */
  #revived(now: Millis): void {
    for (const { breaker } of this.#units) if (breaker.state === "open") breaker.hasten(now);
    this.#budget.refund(this.#burst, now);
  }

  #terms(unit: WardedUnit): { readonly timeout: Millis; readonly pause: Millis | undefined; readonly cost: Millis } {
    const { attempt } = unit.breaker;
    const usual = unit.usual ?? this.#slowestUsual();
    const whole = usual === undefined || !this.#guarded || attempt % fullEvery === 0;
    const timeout = whole ? unit.timeout : millis(Math.min(unit.timeout, Math.max(shortestProbe, usual * usualTimes)));
    const pause = this.serial && attempt % 2 === 0 ? probePause : undefined;
    return { timeout, pause, cost: millis(timeout + (pause ?? 0)) };
  }

  /** A unit that never answered is thought to be like the slowest of the others. */
  #slowestUsual(): Millis | undefined {
    let slowest: Millis | undefined;
    for (const { usual } of this.#units) if (usual !== undefined && usual > (slowest ?? 0)) slowest = usual;
    return slowest;
  }

  async #probe(unit: WardedUnit): Promise<void> {
    const { breaker } = unit;
    if (breaker.state !== "open") {
      this.#arm();
      return;
    }
    const { timeout, pause, cost } = this.#terms(unit);
    this.#probing = true;
    breaker.probing();
    if (this.#guarded) this.#budget.spend(cost, this.#clock.monotonic());
    const outcome = await this.#bounded(unit, timeout, pause);
    const now = this.#clock.monotonic();
    if (outcome === "missed") {
      breaker.probeMissed(now);
      this.sickTime += cost;
    } else if (this.#guarded) this.#budget.refund(cost, now);
    if (outcome === "void") breaker.probeVoid(now, voidWait);
    this.#probing = false;
    this.#arm();
  }

  /** A line that never settles the exchange must not end all probes. */
  #bounded(unit: WardedUnit, timeout: Millis, pause: Millis | undefined): Promise<ProbeOutcome> {
    const stop = new AbortController();
    const end = (): void => stop.abort();
    this.#stop.signal.addEventListener("abort", end);
    return new Promise<ProbeOutcome>((resolve) => {
      const disarm = this.#clock.after(millis(timeout + hangBound), () => {
        end();
        resolve("void");
      });
      unit
        .probe(timeout, pause, stop.signal)
        .then(resolve, () => resolve("void"))
        .finally(() => {
          disarm();
          this.#stop.signal.removeEventListener("abort", end);
        });
    });
  }
}
