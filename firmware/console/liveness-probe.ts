import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { HealthPart, HealthSource } from "../../shared/console/health-part.ts";
import { NotAlive } from "./liveness-errors.ts";

/** One part of the board that has to show that it works. */
export interface LivenessCheck {
  readonly name: string;
  /** Makes the part do its work; rejects when it does not. What it does not end by itself is given up when `stop` fires. */
  run(stop: StopSignal): Promise<void>;
}

export interface LivenessProbeParts {
  readonly checks: readonly LivenessCheck[];
  /** How long a check may take; default 5 s. */
  readonly deadline?: Millis;
  readonly clock: Clock;
  readonly log: Log;
}

const usualDeadline = millis(5000);

/** What is known of one check. */
interface Checked {
  readonly check: LivenessCheck;
  /** A run that has not come back; no other is begun meanwhile. */
  running: Promise<void> | undefined;
  passed: number;
  lost: number;
  /** Of the last run that came back. */
  took: Millis;
  /** Why the last one did not pass. */
  reason: string | undefined;
}

/** Finds out whether the board does its work, by making its parts do some: what no watchdog is fed without. */
export class LivenessProbe implements HealthSource, MetricSource {
  readonly #parts: LivenessProbeParts;
  readonly #deadline: Millis;
  readonly #checked: readonly Checked[];
  #round: Promise<boolean> | undefined;

  constructor(parts: LivenessProbeParts) {
    this.#parts = parts;
    this.#deadline = parts.deadline ?? usualDeadline;
    this.#checked = parts.checks.map((check) => ({ check, running: undefined, passed: 0, lost: 0, took: millis(0), reason: undefined }));
  }

  /** True when every check passed within its deadline. Who asks while a round runs gets the answer of that round. */
  readonly alive = (stop: StopSignal): Promise<boolean> => {
    this.#round ??= this.#probe(stop).finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  };

  health(): readonly HealthPart[] {
    if (this.#checked.every(({ passed, lost }) => passed + lost === 0)) return [];
    const lost = this.#checked.filter(({ reason }) => reason !== undefined);
    if (lost.length === 0) return [{ name: "liveness", state: "ok" }];
    return lost.map(({ check, reason = "" }) => ({ name: `liveness ${check.name}`, state: "failing", detail: reason }));
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_liveness_checks_total",
        help: "Checks that a part of the board works, by what came of them",
        type: "counter",
        values: this.#checked.flatMap(({ check, passed, lost }) => [
          { labels: { check: check.name, result: "passed" }, value: passed },
          { labels: { check: check.name, result: "lost" }, value: lost },
        ]),
      },
      {
        name: "penstock_liveness_check_seconds",
        help: "How long the last check of a part took",
        type: "gauge",
        values: this.#checked.map(({ check, took }) => ({ labels: { check: check.name }, value: took / 1000 })),
      },
    ];
  }

  async #probe(stop: StopSignal): Promise<boolean> {
    const results = await Promise.all(this.#checked.map((one) => this.#run(one, stop)));
    return results.every((passed) => passed);
  }

  async #run(one: Checked, stop: StopSignal): Promise<boolean> {
    const { clock } = this.#parts;
    const begun = clock.monotonic();
    try {
      if (one.running !== undefined) throw new NotAlive(one.check.name, "the check before has not come back");
      await this.#withDeadline(one, stop);
    } catch (error) {
      if (stop.aborted) return false;
      one.lost += 1;
      const { reason } = codeAndReason(error);
      if (one.reason === undefined)
        this.#parts.log.error({ check: one.check.name, err: error }, "a part of the board does not prove alive");
      one.reason = reason;
      return false;
    }
    one.took = millis(clock.monotonic() - begun);
    one.passed += 1;
    if (one.reason !== undefined) this.#parts.log.info({ check: one.check.name }, "a part of the board proves alive again");
    one.reason = undefined;
    return true;
  }

  #withDeadline(one: Checked, stop: StopSignal): Promise<void> {
    const { check } = one;
    return new Promise((resolve, reject) => {
      const own = new AbortController();
      const giveUp = (error: NotAlive): void => {
        own.abort();
        reject(error);
      };
      const onStop = (): void => giveUp(new NotAlive(check.name, "the board is stopping"));
      const disarm = this.#parts.clock.after(this.#deadline, () =>
        giveUp(new NotAlive(check.name, `no answer within ${this.#deadline} ms`)),
      );
      stop.addEventListener("abort", onStop);
      one.running = check
        .run(own.signal)
        .then(resolve, reject)
        .finally(() => {
          one.running = undefined;
          disarm();
          stop.removeEventListener("abort", onStop);
        });
    });
  }
}
