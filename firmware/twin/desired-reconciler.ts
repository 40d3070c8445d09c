import type { Actuator, WritePolicy, WriteResult } from "../../shared/acquisition/ports.ts";
import type { PointValue } from "../../shared/acquisition/sample.ts";
import { backoffDelay } from "../../shared/base/backoff.ts";
import { type Clock, sleep } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { type Instant, instant, millis } from "../../shared/base/units.ts";
import { payloadValue } from "../../shared/broker/payloads.ts";
import { desiredValue, isPointValue } from "../../shared/twin/desired-value.ts";
import { type FeatureKey, type FeatureStatus, type FeatureTwin, featureKey } from "../../shared/twin/feature-twin.ts";
import type { TwinChange, TwinStore } from "../../shared/twin/ports.ts";

/** How an intent ended, or why it never began. */
export interface IntentResult {
  readonly state: "done" | "refused" | "failed";
  readonly code?: string;
  readonly reason?: string;
  readonly before?: PointValue | null;
  readonly after?: PointValue | null;
}

/** An intent that never began. */
type Untaken = Omit<IntentResult, "state"> & { readonly state: "refused" | "failed" };

/** Whether an intent was taken; `told` resolves with how the device took it. */
export type IntentTaken = { readonly accepted: true; readonly told: Promise<IntentResult> } | ({ readonly accepted: false } & Untaken);

export interface DesiredReconcilerParts {
  readonly store: TwinStore;
  readonly actuator: Actuator;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

interface Pursuit {
  readonly stop: AbortController;
  /** How the device took it. */
  readonly told: Promise<IntentResult>;
  /** Resolves when the twin's status says so too. */
  readonly ended: Promise<void>;
}

/** One intent on its way. */
interface Intent {
  readonly twin: FeatureTwin;
  readonly key: FeatureKey;
  readonly value: PointValue;
  readonly who: string;
  readonly policy: WritePolicy;
  readonly until: Instant;
  readonly stop: AbortSignal;
}

/** A device that is away is asked again this soon, and this seldom. */
const retryRange = { initial: millis(500), max: millis(5000) };

/**
 * Makes desired values real: stores the intent, has it written until the device has it or the intent expires, and says on the twin how it
 * stands. One pursuit a feature; a newer intent ends the older.
 */
export class DesiredReconciler implements MetricSource {
  readonly #parts: DesiredReconcilerParts;
  readonly #pursuits = new Map<FeatureKey, Pursuit>();
  readonly #end: () => void;
  #closed = false;
  #done = 0;
  #refused = 0;
  #failed = 0;
  #superseded = 0;
  #held = 0;

  constructor(parts: DesiredReconcilerParts) {
    this.#parts = parts;
    this.#end = parts.store.onCommit((changes) => this.#hold(changes));
  }

  /** Takes up intents that an earlier run of the board stored and did not see through; not those of commands, which may have been written already. */
  resume(): void {
    for (const twin of this.#parts.store.list()) {
      const intent = desiredValue(twin.desired);
      if (intent === undefined || twin.desiredRev <= twin.observedRev) continue;
      if (twin.status?.indicator === "error" && twin.status.at >= intent.at) continue;
      if (intent.once === true) {
        this.#interrupted(twin);
        continue;
      }
      const policy = this.#parts.actuator.policy(twin.thing, twin.feature);
      if (policy !== undefined) this.#pursue(twin, intent.value, intent.by, policy, instant(intent.at + policy.expiry));
    }
  }

  /**
   * Takes an intent: resolves when it is on disk, and is then pursued; or with why it is not.
   * @param who the principal that asked
   * @param once a command: not taken up by a later start
   */
  async accept(thing: string, feature: string, value: PointValue, who: string, once = false): Promise<IntentTaken> {
    const { actuator, clock, store } = this.#parts;
    const refused = (result: Untaken): IntentTaken => ({ accepted: false, ...this.#count(result) });
    const policy = actuator.policy(thing, feature);
    if (policy === undefined)
      return refused({ state: "refused", code: "EDGE_WRITE_UNKNOWN", reason: `${thing}/${feature} is no point that may be written` });
    const refusal = policy.refusal(value);
    if (refusal !== undefined) return refused({ state: "refused", ...refusal });
    if (this.#closed) return refused({ state: "failed", code: "EDGE_STOPPED", reason: "the board is stopping" });
    const at = clock.wall();
    try {
      const twin = await store.patchDesired(featureKey(thing, feature), {
        value: payloadValue(value),
        by: who,
        at,
        once: once ? true : null,
      });
      return { accepted: true, told: this.#pursue(twin, value, who, policy, instant(at + policy.expiry)).told };
    } catch (error) {
      return refused({ state: "failed", ...codeAndReason(error) });
    }
  }

  /**
   * Wants `value` of a feature. Resolves when the device has it, or with why not; the intent is on disk before anything is written.
   * @param who the principal that asked
   * @param once a command: not taken up by a later start
   */
  async want(thing: string, feature: string, value: PointValue, who: string, once = false): Promise<IntentResult> {
    const taken = await this.accept(thing, feature, value, who, once);
    if (taken.accepted) return taken.told;
    const { accepted: _accepted, ...result } = taken;
    return result;
  }

  /** Ends all pursuits; unfinished intents stay stored and are taken up with the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    const running = [...this.#pursuits.values()];
    for (const { stop } of running) stop.abort();
    await Promise.allSettled(running.map(({ ended }) => ended));
  }

  metrics(): readonly Metric[] {
    const of = (state: string, value: number) => ({ labels: { state }, value });
    return [
      {
        name: "penstock_intents_total",
        help: "Desired values by how they ended",
        type: "counter",
        values: [of("done", this.#done), of("refused", this.#refused), of("failed", this.#failed), of("superseded", this.#superseded)],
      },
      {
        name: "penstock_intents_pending",
        help: "Desired values on their way to a device",
        type: "gauge",
        values: [{ labels: {}, value: this.#pursuits.size }],
      },
      {
        name: "penstock_intents_held_total",
        help: "Desired values written again because the device had drifted",
        type: "counter",
        values: [{ labels: {}, value: this.#held }],
      },
    ];
  }

  /** Whether the device has the value is not known; whoever gave the command is told so by its record. */
  #interrupted({ thing, feature }: FeatureTwin): void {
    const status = this.#status("interrupted by a restart of the board; a command is not written again", "error");
    this.#parts.store
      .putStatus(featureKey(thing, feature), status)
      .catch((err: unknown) => this.#parts.log.warn({ thing, feature, err }, "what became of a command cannot be put into its twin"));
  }

  #pursue(twin: FeatureTwin, value: PointValue, who: string, policy: WritePolicy, until: Instant): Pursuit {
    const key = featureKey(twin.thing, twin.feature);
    const before = this.#pursuits.get(key);
    if (before !== undefined) {
      this.#superseded += 1;
      before.stop.abort();
    }
    const stop = new AbortController();
    let tell: (result: IntentResult) => void = () => {};
    const told = new Promise<IntentResult>((resolve) => {
      tell = (result) => resolve(this.#count(result));
    });
    const ended = (before?.ended ?? Promise.resolve())
      .then(() => this.#attempt({ twin, key, value, who, policy, until, stop: stop.signal }, tell))
      .catch((error: unknown) => tell({ state: "failed", ...codeAndReason(error) }))
      .then(() => {
        if (this.#pursuits.get(key) === pursuit) this.#pursuits.delete(key);
      });
    const pursuit: Pursuit = { stop, told, ended };
    this.#pursuits.set(key, pursuit);
    return pursuit;
  }

  /** Writes until the device has it or there is no point in it; tells the one who asked at once, and then the twin. */
  async #attempt({ twin, key, value, who, policy, until, stop }: Intent, tell: (result: IntentResult) => void): Promise<void> {
    const { actuator, clock, random, store } = this.#parts;
    const started = clock.monotonic();
    const patience = Math.min(policy.expiry, Math.max(0, until - clock.wall()));
    for (let attempt = 1; ; attempt += 1) {
      const result = stop.aborted
        ? undefined
        : await actuator
            .write(twin.thing, twin.feature, value, who, stop)
            .catch((error: unknown) => (stop.aborted ? undefined : Promise.reject(error)));
      if (result === undefined) return tell(superseded);
      if (result.outcome === "written") {
        tell({ state: "done", before: result.before, after: result.after });
        await store.putStatus(key, this.#status("the device has the desired value", "idle"), twin.desiredRev);
        return;
      }
      const expired = clock.monotonic() - started >= patience;
      if (result.outcome === "refused" || expired) {
        tell({
          state: result.outcome === "refused" ? "refused" : "failed",
          ...outcome(result),
          before: result.before,
          after: result.after,
        });
        await store.putStatus(key, this.#status(result.reason ?? "the write failed", "error"));
        return;
      }
      if (attempt === 1)
        await store.putStatus(key, this.#status(`waiting for the device: ${result.reason ?? "the write failed"}`, "in_progress"));
      const pause = Math.min(backoffDelay(retryRange, attempt, random), Math.max(0, patience - (clock.monotonic() - started)));
      await sleep(clock, millis(pause), stop).catch(() => {});
    }
  }

  /** Writes again what a point is to hold and no longer does. */
  #hold(changes: readonly TwinChange[]): void {
    if (this.#closed) return;
    for (const { twin, reported } of changes) {
      if (!reported || twin.reported?.["quality"] !== "good" || twin.desiredRev === 0 || twin.desiredRev !== twin.observedRev) continue;
      const key = featureKey(twin.thing, twin.feature);
      const intent = desiredValue(twin.desired);
      const policy = this.#parts.actuator.policy(twin.thing, twin.feature);
      const now = twin.reported["value"];
      if (intent === undefined || policy?.hold !== true || this.#pursuits.has(key) || !isPointValue(now) || policy.same(now, intent.value))
        continue;
      this.#held += 1;
      this.#parts.log.warn(
        { thing: twin.thing, feature: twin.feature, desired: intent.value, reported: now },
        "the device drifted from the desired value; writing it again",
      );
      this.#pursue(twin, intent.value, intent.by, policy, instant(this.#parts.clock.wall() + policy.expiry));
    }
  }

  #status(text: string, indicator: FeatureStatus["indicator"]): FeatureStatus {
    return { text, indicator, at: this.#parts.clock.wall() };
  }

  #count<Result extends IntentResult>(result: Result): Result {
    if (result.state === "done") this.#done += 1;
    else if (result.state === "refused") this.#refused += 1;
    else if (result !== superseded) this.#failed += 1;
    return result;
  }
}

const superseded: IntentResult = Object.freeze({
  state: "failed",
  code: "EDGE_INTENT_SUPERSEDED",
  reason: "a newer desired value took its place, or the board is stopping",
});

function outcome(result: WriteResult): { code?: string; reason?: string } {
  return { ...(result.code !== undefined && { code: result.code }), ...(result.reason !== undefined && { reason: result.reason }) };
}
