import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import { DocumentTooLarge, GatewayStoreClosed, GatewayStoreFailed, StoreFull } from "../../../shared/twin/store-errors.ts";
import type { Change, Committed } from "../../../shared/twin/store-ports.ts";
import type { BatchSink, HistoryWrite } from "../history/batch-sink.ts";
import { BatchPlan, type StoredState } from "./batch-plan.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { StorePlace } from "./store-database.ts";
import { asText } from "./store-keys.ts";
import type { StoreMetrics } from "./store-metrics.ts";
import type { StoreBounds } from "./store-options.ts";

/** A change that a plan took in. */
export interface Taken {
  readonly committed: Committed;
  readonly change: Change;
  /** False where all was stored already. */
  readonly writes: boolean;
}

/** Something that waits to be written. */
interface Entry {
  readonly weight: number;
  /** Puts it into a plan. What it throws is its answer. */
  enter(plan: BatchPlan): Taken | undefined;
  done(taken: Taken | undefined): void;
  failed(error: unknown): void;
}

export interface BatchWriterParts {
  readonly place: StorePlace;
  readonly stored: StoredState;
  readonly bounds: StoreBounds;
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: StoreMetrics;
  /** Opens the database anew after a write that failed, and reads what is known of it again. */
  readonly mend: () => Promise<void>;
}

/** Writes what waits together in one synced batch, and answers when it is on disk. */
export class BatchWriter {
  readonly #parts: BatchWriterParts;
  readonly #queue: CommitQueue<Entry>;
  readonly #listeners = new Set<(committed: Committed, change: Change) => void>();
  #closed = false;
  /** Why the disk refused, and when it may be asked again; monotonic. */
  #broken: { readonly cause: unknown; readonly until: Millis } | undefined = undefined;

  constructor(parts: BatchWriterParts) {
    this.#parts = parts;
    this.#queue = new CommitQueue({
      weigh: ({ weight }) => weight,
      most: parts.bounds.batch,
      write: (entries) => this.#write(entries),
    });
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  /** False from a write that the disk refused until one that it takes. */
  get writable(): boolean {
    return this.#broken === undefined;
  }

  /** @param enter called once, when the batch is put together, with all that was written before in it */
  submit(weight: number, enter: (plan: BatchPlan) => Taken | undefined): Promise<Taken | undefined> {
    return new Promise((done, failed) => {
      if (this.#closed) throw new GatewayStoreClosed();
      const { counts, bounds } = this.#parts;
      if (this.#queue.waiting >= bounds.waiting) {
        counts.refused += 1;
        throw new StoreFull("changes waiting for the disk", bounds.waiting);
      }
      this.#queue.push({ weight, enter, done, failed });
    });
  }

  onCommit(listener: (committed: Committed, change: Change) => void): () => void {
    // A function of its own, so that each registration ends by itself.
    const own = (committed: Committed, change: Change): void => listener(committed, change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Takes no more, and resolves when what waits is written. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.idle();
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const { stored, bounds, clock, counts } = this.#parts;
    try {
      await this.#mend();
    } catch (error) {
      this.#refuse(entries, error);
      return;
    }
    const plan = new BatchPlan({ stored, bounds, at: clock.wall() });
    const answers = entries.map((entry) => enterPlan(entry, plan));
    try {
      if (!plan.empty) await this.#writePlan(plan);
    } catch (error) {
      counts.failures += 1;
      this.#broken = { cause: error, until: millis(clock.monotonic() + bounds.retry) };
      this.#parts.log.error({ store: this.#parts.place.name, err: error, changes: entries.length }, "a batch could not be written");
      this.#refuse(entries, error);
      return;
    }
    for (const answer of answers) this.#answer(answer);
  }

  async #writePlan(plan: BatchPlan): Promise<void> {
    const { place, clock, counts } = this.#parts;
    const batch = place.db.batch();
    const parts: HistoryWrite[] = [];
    const begun = clock.monotonic();
    try {
      for (const [key, value] of plan.finish()) {
        if (value === undefined) batch.del(key, asText);
        else batch.put(key, value, asText);
      }
      const sink: BatchSink = {
        put: (key, value) => {
          batch.put(key, value);
        },
        del: (key) => {
          batch.del(key);
        },
      };
      plan.fillHistory(sink, parts);
      const how = { sync: plan.durable };
      await batch.write(how);
    } catch (error) {
      for (const part of parts) part.failed();
      await batch.close();
      throw error;
    }
    counts.commitTime.observe((clock.monotonic() - begun) / 1000);
    counts.batches += 1;
    plan.settle();
    for (const part of parts) part.committed();
  }

  #answer({ entry, taken, error }: Answer): void {
    const { counts, log } = this.#parts;
    if (error !== undefined) {
      if (error instanceof RevisionConflict) counts.conflicts += 1;
      else if (error instanceof StoreFull || error instanceof DocumentTooLarge) counts.refused += 1;
      entry.failed(error);
      return;
    }
    if (taken?.writes === true) {
      counts.changes += 1;
      counts.readings += taken.change.readings?.length ?? 0;
      for (const listener of [...this.#listeners]) {
        try {
          listener(taken.committed, taken.change);
        } catch (thrown) {
          log.error({ err: thrown }, "a listener to commits of the store threw");
        }
      }
    }
    entry.done(taken);
  }

  #refuse(entries: readonly Entry[], cause: unknown): void {
    const error = new GatewayStoreFailed(this.#parts.place.name, cause);
    for (const entry of entries) entry.failed(error);
  }

  /** Brings the database back after a write that failed. Not asked again at once: what waits hears so instead. */
  async #mend(): Promise<void> {
    const broken = this.#broken;
    if (broken === undefined) return;
    const { clock, bounds, log, place, mend } = this.#parts;
    if (clock.monotonic() < broken.until) throw broken.cause;
    try {
      await mend();
    } catch (error) {
      this.#broken = { cause: error, until: millis(clock.monotonic() + bounds.retry) };
      throw error;
    }
    this.#broken = undefined;
    log.info({ store: place.name }, "the store can be written again");
  }
}

interface Answer {
  readonly entry: Entry;
  readonly taken: Taken | undefined;
  readonly error: unknown;
}

function enterPlan(entry: Entry, plan: BatchPlan): Answer {
  try {
    return { entry, taken: entry.enter(plan), error: undefined };
  } catch (error) {
    return { entry, taken: undefined, error: error ?? new Error("nothing was thrown") };
  }
}
