import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { codeAndReason } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { EventPump } from "./event-pump.ts";
import { ReconcileBook } from "./reconcile-book.ts";
import { type ReconcileRecord, recordKey } from "./reconcile-record.ts";
import { pauseAfter, type ReconcileSettings, usualReconciling } from "./reconcile-settings.ts";
import type { Directive, ReconcileError, Reconciler } from "./reconciler.ts";

export interface ReconcileEngineParts {
  readonly store: GatewayStore;
  readonly reconcilers: readonly Reconciler[];
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
  readonly settings?: Partial<ReconcileSettings>;
}

const mostConflicts = 20;

/** One reconciler's key. */
interface Work {
  readonly reconciler: Reconciler;
  readonly key: string;
}

/**
 * Has intents made real: events name keys, a key is worked on by one at a time, however often it is named meanwhile, and what failed is tried again after
 * growing pauses that outlast a restart. A key in error is left alone until its intent is another.
 */
export class ReconcileEngine implements MetricSource, AsyncDisposable {
  readonly #parts: ReconcileEngineParts;
  readonly #settings: ReconcileSettings;
  readonly #dirty = new Map<string, Work>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #book: ReconcileBook;
  readonly #timers = new Map<string, Disarm>();
  /** Conflicts in a row. */
  readonly #conflicts = new Map<string, number>();
  readonly #stop = new AbortController();
  #pump: EventPump | undefined;
  #disarmResync: Disarm = () => {};
  #resyncing: Promise<void> = Promise.resolve();
  #runs = 0;
  #retries = 0;
  #failures = 0;

  private constructor(parts: ReconcileEngineParts, book: ReconcileBook) {
    this.#parts = parts;
    this.#book = book;
    this.#settings = { ...usualReconciling, ...parts.settings };
  }

  /** Looks at everything once, then follows the events. */
  static async open(parts: ReconcileEngineParts): Promise<ReconcileEngine> {
    const { store, clock, log, reconcilers } = parts;
    const kinds = reconcilers.map(({ kind }) => kind);
    const engine = new ReconcileEngine(parts, await ReconcileBook.open(store, kinds));
    for (const reconciler of reconcilers) reconciler.begin?.((key) => engine.wake(reconciler, key));
    engine.#pump = await EventPump.open({
      store,
      clock,
      log,
      subscriber: "reconcile",
      onEvent: (event) => {
        for (const reconciler of reconcilers) for (const key of reconciler.match(event)) engine.wake(reconciler, key);
      },
      onGap: () => void engine.resync(),
    });
    await engine.resync();
    engine.#armResync();
    return engine;
  }

  /** Has a key looked at soon. */
  wake(reconciler: Reconciler, key: string): void {
    if (this.#stop.signal.aborted) return;
    this.#dirty.set(recordKey(reconciler.kind, key), { reconciler, key });
    this.#next();
  }

  /** Has everything looked at. What is in error stays so. */
  resync(): Promise<void> {
    this.#resyncing = this.#resyncing.then(async () => {
      for (const reconciler of this.#parts.reconcilers) {
        try {
          for await (const key of reconciler.list()) this.wake(reconciler, key);
        } catch (err) {
          if (!this.#stop.signal.aborted)
            this.#parts.log.warn({ reconciler: reconciler.kind, err }, "not everything could be looked at; it is tried again");
        }
      }
    });
    return this.#resyncing;
  }

  /** Resolves when nothing is being worked on or waits for its turn; pauses and waits go on. */
  async idle(): Promise<void> {
    await this.#pump?.idle();
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#disarmResync();
    for (const disarm of this.#timers.values()) disarm();
    this.#timers.clear();
    this.#dirty.clear();
    await this.#pump?.close();
    await Promise.allSettled([this.#resyncing, ...this.#running.values()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  metrics(): readonly Metric[] {
    const one = (name: string, help: string, type: "counter" | "gauge", value: number): Metric => ({
      name,
      help,
      type,
      values: [{ labels: {}, value }],
    });
    return [
      one("penstock_reconcile_runs_total", "Looks at an intent", "counter", this.#runs),
      one("penstock_reconcile_retries_total", "Attempts that failed and are made again", "counter", this.#retries),
      one("penstock_reconcile_failures_total", "Intents that ended in an error", "counter", this.#failures),
      one("penstock_reconcile_waiting", "Keys that wait for their turn", "gauge", this.#dirty.size),
      one("penstock_reconcile_errors", "Keys in error", "gauge", this.#book.errors),
    ];
  }

  #next(): void {
    for (const [id, work] of this.#dirty) {
      if (this.#running.size >= this.#settings.parallel) return;
      // A key that is worked on is looked at again when that is done.
      if (this.#running.has(id)) continue;
      this.#dirty.delete(id);
      const run = this.#work(id, work)
        .catch((err: unknown) => {
          if (!this.#stop.signal.aborted) this.#parts.log.error({ key: id, err }, "what became of an intent cannot be kept");
          this.#arm(id, work, this.#settings.firstPause);
        })
        .then(() => {
          this.#running.delete(id);
          this.#next();
        });
      this.#running.set(id, run);
    }
  }

  async #work(id: string, work: Work): Promise<void> {
    const { clock } = this.#parts;
    const { reconciler, key } = work;
    const intent = await reconciler.intent(key);
    let record = this.#book.of(id);
    if (record !== undefined && record.intent !== intent) {
      await this.#book.forget(id);
      record = undefined;
    }
    if (intent === undefined || record?.error !== undefined) return;
    const now = clock.wall();
    const left = record?.retryAt === undefined ? 0 : Math.min(record.retryAt - now, this.#settings.lastPause * 2);
    if (left > 0) {
      if (!this.#timers.has(id)) this.#arm(id, work, millis(left));
      return;
    }
    this.#disarm(id);
    const attempts = record?.attempts ?? 0;
    this.#runs++;
    const directive = await this.#run(id, work, attempts, record?.retryAt !== undefined);
    if (this.#stop.signal.aborted) return;
    await this.#follow(id, work, { intent, attempts }, directive);
  }

  async #run(id: string, { reconciler, key }: Work, attempts: number, due: boolean): Promise<Directive> {
    const stop = new AbortController();
    const onStop = (): void => stop.abort();
    this.#stop.signal.addEventListener("abort", onStop);
    const disarm = this.#parts.clock.after(this.#settings.patience, onStop);
    try {
      return await reconciler.reconcile(key, { attempts, due }, stop.signal);
    } catch (error) {
      const { code, reason } = codeAndReason(error);
      if (error instanceof RevisionConflict) return this.#conflicted(id, { code, message: reason });
      // A disk that refuses says nothing against the intent.
      return { do: "retry", error: { code, message: reason }, counts: !code.startsWith("EDGE_STORE_") };
    } finally {
      disarm();
      this.#stop.signal.removeEventListener("abort", onStop);
    }
  }

  /** Somebody else was sooner: it is read again at once, and after a pause where that goes on and on. */
  #conflicted(id: string, error: ReconcileError): Directive {
    const conflicts = (this.#conflicts.get(id) ?? 0) + 1;
    if (conflicts > mostConflicts) return { do: "retry", error, counts: false };
    this.#conflicts.set(id, conflicts);
    return { do: "requeue" };
  }

  async #follow(id: string, work: Work, { intent, attempts }: ReconcileRecord, directive: Directive): Promise<void> {
    const { clock } = this.#parts;
    if (directive.do !== "requeue") this.#conflicts.delete(id);
    switch (directive.do) {
      case "ack":
        await this.#book.forget(id);
        return;
      case "requeue":
        this.wake(work.reconciler, work.key);
        return;
      case "wait":
        // The pause is over; the count stays.
        if (this.#book.of(id)?.retryAt !== undefined) await this.#book.keep(id, { intent, attempts });
        if (directive.until !== undefined) this.#arm(id, work, millis(Math.max(1, directive.until - clock.wall())));
        return;
      case "retry": {
        const failed = directive.counts === false ? attempts : attempts + 1;
        if (failed >= this.#settings.mostAttempts) return this.#fail(id, work, { intent, attempts: failed }, directive.error);
        this.#retries++;
        const pause = pauseAfter(this.#settings, Math.max(1, failed), this.#parts.random);
        await this.#book.keep(id, { intent, attempts: failed, retryAt: clock.wall() + pause });
        this.#arm(id, work, pause);
        return;
      }
      case "fail":
        return this.#fail(id, work, { intent, attempts: attempts + 1 }, directive.error);
    }
  }

  async #fail(
    id: string,
    { reconciler, key }: Work,
    { intent, attempts }: ReconcileRecord,
    { code, message }: ReconcileError,
  ): Promise<void> {
    const { clock, log } = this.#parts;
    const error = { code, message, attempts, since: clock.wall() };
    await this.#book.keep(id, { intent, attempts, error }, await reconciler.failed(key, error));
    this.#failures++;
    log.warn({ key, code, message, attempts }, "an intent ended in an error; it is left alone until somebody changes it");
  }

  #arm(id: string, work: Work, pause: Millis): void {
    if (this.#stop.signal.aborted) return;
    this.#disarm(id);
    this.#timers.set(
      id,
      this.#parts.clock.after(pause, () => {
        this.#timers.delete(id);
        this.wake(work.reconciler, work.key);
      }),
    );
  }

  #disarm(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  #armResync(): void {
    if (this.#stop.signal.aborted) return;
    this.#disarmResync = this.#parts.clock.after(this.#settings.resync, () => void this.resync().then(() => this.#armResync()));
  }
}
