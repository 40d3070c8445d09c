import type { Sample } from "../../shared/acquisition/sample.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { JsonValue } from "../../shared/base/json.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric } from "../../shared/base/metric.ts";
import type { Millis } from "../../shared/base/units.ts";
import type { FeatureKey, FeatureStatus, FeatureTwin } from "../../shared/twin/feature-twin.ts";
import type { TwinChange, TwinStore } from "../../shared/twin/ports.ts";
import { TwinStoreBusy, TwinStoreClosed, TwinStoreFailed, TwinStoreFull, TwinTooLarge } from "../../shared/twin/twin-errors.ts";
import type { BatchWriter } from "./batch-writer.ts";
import { GroupCommit } from "./group-commit.ts";
import { type IntentPlan, planDesired, planStatus } from "./plan-intent.ts";
import { TwinMetrics } from "./twin-metrics.ts";
import { type Intent, noIntent, Part } from "./twin-slot.ts";
import { type TwinStoreOptions, twinStoreDefaults } from "./twin-store-options.ts";
import { type TwinBatch, TwinTable } from "./twin-table.ts";

export interface TwinStoreParts extends TwinStoreOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The twin store over any disk: a table in memory, written in batches. What the disk refuses is not applied: its callers get {@link TwinStoreFailed}
 * and `desired` is as it was before; reported values wait and are tried again until they are written.
 */
export abstract class BatchedTwinStore implements TwinStore, AsyncDisposable {
  readonly #parts: TwinStoreParts & Required<TwinStoreOptions>;
  readonly #writer: BatchWriter;
  readonly #table: TwinTable;
  readonly #counts = new TwinMetrics();
  readonly #commit: GroupCommit;
  readonly #listeners = new Set<(changes: readonly TwinChange[]) => void>();
  #disarmRefresh: Disarm = () => {};
  #broken = false;
  #writingSince: Millis | undefined = undefined;
  #answeredAt: Millis | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  constructor(parts: TwinStoreParts, writer: BatchWriter, stored: Iterable<FeatureTwin>, quarantined: number) {
    this.#parts = { ...twinStoreDefaults, ...parts };
    this.#writer = writer;
    this.#table = new TwinTable(this.#parts.maxFeatures);
    this.#counts.quarantined = quarantined;
    for (const twin of stored) this.#table.load(twin);
    const { clock, commitDelay, commitInterval, retry } = this.#parts;
    this.#commit = new GroupCommit({
      clock,
      delay: commitDelay,
      interval: commitInterval,
      backoff: retry,
      random: Math.random,
      markDue: (everything) => this.#table.markDue(everything),
      writeBatch: () => this.#writeBatch(),
    });
    this.#armRefresh();
  }

  /** False from a write that the disk refused until one that it takes. */
  get writable(): boolean {
    return !this.#broken;
  }

  /** When the write that is under way began, monotonic; `undefined`: none is. */
  get writingSince(): Millis | undefined {
    return this.#writingSince;
  }

  /** When the disk last took or refused a write, monotonic; `undefined`: it was not asked yet. */
  get answeredAt(): Millis | undefined {
    return this.#answeredAt;
  }

  get(key: FeatureKey): FeatureTwin | undefined {
    return this.#table.get(key)?.twin;
  }

  *list(thing?: string): Generator<FeatureTwin> {
    for (const slot of this.#table.list(thing)) yield slot.twin;
  }

  report(sample: Sample): void {
    if (this.#closing !== undefined) return;
    try {
      if (this.#table.report(sample)) this.#commit.later();
    } catch (error) {
      this.#counts.refused += 1;
      throw error;
    }
  }

  patchDesired(key: FeatureKey, patch: JsonValue): Promise<FeatureTwin> {
    return this.#change(key, Part.desired, (intent) => planDesired(key, intent, patch, this.#parts));
  }

  putStatus(key: FeatureKey, status: FeatureStatus, observedRev?: number): Promise<FeatureTwin> {
    return this.#change(key, Part.status, (intent) => planStatus(key, intent, status, observedRev, this.#parts));
  }

  async remove(key: FeatureKey): Promise<void> {
    const slot = this.#table.get(key);
    // It may be gone here and not on disk yet.
    if (slot === undefined) return this.flush();
    await new Promise<FeatureTwin>((done, failed) => {
      this.#admit(key);
      this.#table.remove(slot, { done, failed });
      this.#commit.soon();
    });
  }

  onCommit(listener: (changes: readonly TwinChange[]) => void): () => void {
    // A function of its own, so that each registration ends by itself.
    const own = (changes: readonly TwinChange[]): void => listener(changes);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  flush(): Promise<void> {
    return this.#closing === undefined ? this.#commit.flush() : Promise.reject(new TwinStoreClosed());
  }

  /** Writes what is pending and closes. What the disk refuses now is lost, and logged. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  metrics(): readonly Metric[] {
    return this.#counts.metrics(this.#table.size, this.#table.pending);
  }

  async #close(): Promise<void> {
    this.#disarmRefresh();
    try {
      await this.#commit.flush();
    } catch (error) {
      this.#parts.log.error({ err: error, features: this.#table.pending }, "the newest values of some twins could not be written");
    }
    await this.#commit.close();
    await this.#writer.close();
  }

  /** Makes a change that is to be on disk when the promise resolves. `plan` checks it before anything is touched. */
  #change(key: FeatureKey, part: number, plan: (intent: Intent) => IntentPlan): Promise<FeatureTwin> {
    return new Promise((done, failed) => {
      this.#admit(key);
      try {
        const next = plan(this.#table.get(key)?.intent ?? noIntent);
        this.#table.intend(this.#table.obtain(key), part, next, { done, failed });
      } catch (error) {
        if (error instanceof TwinStoreFull || error instanceof TwinTooLarge) this.#counts.refused += 1;
        throw error;
      }
      this.#commit.soon();
    });
  }

  #admit(key: FeatureKey): void {
    if (this.#closing !== undefined) throw new TwinStoreClosed();
    if (this.#table.waiting < this.#parts.maxWaiting) return;
    this.#counts.refused += 1;
    throw new TwinStoreBusy(key, this.#parts.maxWaiting);
  }

  #armRefresh(): void {
    this.#disarmRefresh = this.#parts.clock.after(this.#parts.refreshInterval, () => {
      this.#table.markDue(true);
      this.#commit.soon();
      this.#armRefresh();
    });
  }

  async #writeBatch(): Promise<boolean> {
    const { clock, log } = this.#parts;
    try {
      if (this.#broken && (await this.#writer.recover())) {
        this.#table.markAll();
        this.#table.markDue(false);
      }
    } catch (error) {
      throw this.#fail(error, { records: [], taken: [] });
    }
    const batch = this.#table.take(this.#parts.commitSize, this.#listeners.size > 0);
    if (batch === undefined) {
      this.#broken = false;
      return false;
    }
    const begun = clock.monotonic();
    try {
      this.#writingSince = begun;
      await this.#writer.write(batch.records);
    } catch (error) {
      throw this.#fail(error, batch);
    } finally {
      this.#writingSince = undefined;
      this.#answeredAt = clock.monotonic();
    }
    this.#broken = false;
    this.#counts.commits += 1;
    this.#counts.records += batch.records.length;
    for (const { text } of batch.records) this.#counts.bytes += text?.length ?? 0;
    this.#counts.commitTime.observe((clock.monotonic() - begun) / 1000);
    const changes = this.#table.settle(batch);
    if (changes.length === 0) return true;
    for (const listener of [...this.#listeners]) {
      try {
        listener(changes);
      } catch (error) {
        log.error({ err: error }, "a listener to commits of the twin store threw");
      }
    }
    return true;
  }

  #fail(cause: unknown, batch: TwinBatch): TwinStoreFailed {
    this.#broken = true;
    this.#counts.failures += 1;
    const error = new TwinStoreFailed(cause);
    this.#table.unsettle(batch, error);
    this.#parts.log.error({ err: cause, pending: this.#table.pending }, "twins could not be written; trying again");
    return error;
  }
}
