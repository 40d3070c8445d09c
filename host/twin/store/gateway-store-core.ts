import type { Clock } from "../../../shared/base/clock.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { encodeUtf8 } from "../../../shared/base/utf8.ts";
import type { AuditDocument, EventDocument } from "../../../shared/twin/documents/event-document.ts";
import { GatewayStoreClosed } from "../../../shared/twin/store-errors.ts";
import type {
  AuditVerification,
  Change,
  Committed,
  DocumentKind,
  DocumentKinds,
  DocumentPut,
  Draft,
  GatewayStore,
  History,
  IndexName,
  ListBounds,
} from "../../../shared/twin/store-ports.ts";
import { LevelHistory } from "../history/level-history.ts";
import { verifyAudit } from "./audit-chain.ts";
import { AuditLog } from "./audit-log.ts";
import { writeBackup } from "./backup-file.ts";
import { type BackupFacts, backupFormat, backupVersion } from "./backup-format.ts";
import { backupStream } from "./backup-stream.ts";
import { BatchWriter, type Taken } from "./batch-writer.ts";
import { DocumentCounts } from "./document-counts.ts";
import { EventLog } from "./event-log.ts";
import { lookUp } from "./look-up.ts";
import { rebuildIndexes } from "./rebuild-indexes.ts";
import type { StorePlace } from "./store-database.ts";
import { StoreGate } from "./store-gate.ts";
import { gatedHistory, type OpenHistory, type StoreHistory } from "./store-history.ts";
import { asText, endOf, Space } from "./store-keys.ts";
import { StoreMetrics } from "./store-metrics.ts";
import { type StoreOptions, storeBounds } from "./store-options.ts";
import { storeSchema } from "./store-schema.ts";
import { StoredDocuments } from "./stored-documents.ts";
import { StreamCursors } from "./stream-cursors.ts";

export interface GatewayStoreParts extends StoreOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Opens the history that readings go to; default {@link LevelHistory} as it comes. */
  readonly history?: OpenHistory;
}

/** A gateway's store over any database of sorted keys. What is answered is on disk. */
export abstract class GatewayStoreCore implements GatewayStore, AsyncDisposable {
  readonly #parts: GatewayStoreParts;
  readonly #place: StorePlace;
  readonly #gate = new StoreGate();
  readonly #documents: StoredDocuments;
  readonly #counts: DocumentCounts;
  readonly #cursors: StreamCursors;
  readonly #events: EventLog;
  readonly #audit: AuditLog;
  readonly #writer: BatchWriter;
  readonly #metrics = new StoreMetrics();
  #history: StoreHistory | undefined = undefined;
  #readable: History | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  constructor(parts: GatewayStoreParts, place: StorePlace) {
    const { clock, log } = parts;
    const bounds = storeBounds(parts);
    const { db } = place;
    const gate = this.#gate;
    this.#parts = parts;
    this.#place = place;
    this.#documents = new StoredDocuments({ db, gate, log, cache: bounds.cache });
    this.#counts = new DocumentCounts(db);
    this.#cursors = new StreamCursors(db, bounds.streams);
    this.#events = new EventLog({ db, gate, clock, bounds });
    this.#audit = new AuditLog(db, gate);
    this.#writer = new BatchWriter({
      place,
      stored: {
        documents: this.#documents,
        counts: this.#counts,
        cursors: this.#cursors,
        events: this.#events,
        audit: this.#audit,
        history: () => this.#openedHistory,
      },
      bounds,
      clock,
      log,
      counts: this.#metrics,
      mend: () =>
        gate.closedFor(async () => {
          await place.reopen();
          await this.#load(false);
        }),
    });
  }

  /** Reads what the database has. Called once, before anything else. */
  protected async start(): Promise<void> {
    const repaired = this.#place.repaired !== undefined;
    if (repaired) await rebuildIndexes(this.#place.db, this.#parts.log);
    await this.#load(repaired);
    const { clock, log, history: openHistory = LevelHistory.open } = this.#parts;
    this.#history = await openHistory({
      db: this.#place.db,
      clock,
      log,
      prefix: encodeUtf8(Space.history),
      commit: async (fill) => {
        await this.#writer.submit(1, (plan) => {
          plan.addUpkeep(fill);
          return undefined;
        });
      },
    });
    this.#readable = gatedHistory(this.#history, this.#gate);
  }

  get history(): History {
    if (this.#readable === undefined) throw new GatewayStoreClosed();
    return this.#readable;
  }

  get repaired(): string | undefined {
    return this.#place.repaired;
  }

  /** False from a write that the disk refused until one that it takes. */
  get writable(): boolean {
    return this.#writer.writable;
  }

  async get<K extends DocumentKind>(kind: K, id: string): Promise<DocumentKinds[K] | undefined> {
    this.#throwIfClosed();
    return this.#documents.get(kind, id);
  }

  async getMany<K extends DocumentKind>(kind: K, ids: readonly string[]): Promise<readonly (DocumentKinds[K] | undefined)[]> {
    this.#throwIfClosed();
    return this.#documents.getMany(kind, ids);
  }

  async list<K extends DocumentKind>(kind: K, bounds: ListBounds): Promise<readonly DocumentKinds[K][]> {
    this.#throwIfClosed();
    return this.#documents.list(kind, bounds);
  }

  count(kind: DocumentKind): number {
    return this.#counts.now[kind];
  }

  async lookup(index: IndexName, key: string, bounds: ListBounds): Promise<readonly string[]> {
    this.#throwIfClosed();
    return lookUp({ db: this.#place.db, gate: this.#gate, documents: this.#documents, index, key, bounds });
  }

  async state(key: string): Promise<JsonValue | undefined> {
    this.#throwIfClosed();
    const text = await this.#gate.pass(() => this.#place.db.get<string, string>(Space.state + key, asText));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async states(prefix: string): Promise<readonly (readonly [string, JsonValue])[]> {
    this.#throwIfClosed();
    const first = Space.state + prefix;
    const range = { ...asText, gte: first, lt: endOf(first) };
    const entries = await this.#gate.pass(() => this.#place.db.iterator<string, string>(range).all());
    return entries.map(([key, text]) => [key.slice(Space.state.length), JSON.parse(text)]);
  }

  async cursors(board: string): Promise<ReadonlyMap<string, { readonly term: number; readonly seq: number }>> {
    this.#throwIfClosed();
    return this.#cursors.of(board);
  }

  async commit(change: Change): Promise<Committed> {
    const taken = await this.#writer.submit(weightOf(change), (plan) => ({ ...plan.add(change), change }));
    return taken?.committed ?? { documents: [], events: [] };
  }

  async update<K extends DocumentKind>(
    kind: K,
    id: string,
    actor: string,
    decide: (now: DocumentKinds[K] | undefined) => Draft<K> | undefined,
    beside: Omit<Change, "actor" | "puts"> = {},
  ): Promise<DocumentKinds[K] | undefined> {
    // So that the plan, which may not wait, finds it in memory.
    await this.get(kind, id);
    let kept: DocumentKinds[K] | undefined;
    await this.#writer.submit(weightOf(beside) + 1, (plan): Taken | undefined => {
      const draft = decide(plan.read(kind, id)?.document);
      if (draft === undefined) return undefined;
      const put: DocumentPut<K> = { kind, id, document: draft };
      const change: Change = { ...beside, actor, puts: [put] };
      const added = plan.add(change);
      kept = plan.read(kind, id)?.document;
      return { ...added, change };
    });
    return kept;
  }

  async events(
    after: number,
    limit: number,
  ): Promise<{ readonly events: readonly EventDocument[]; readonly oldest: number; readonly newest: number }> {
    this.#throwIfClosed();
    return this.#events.read(after, limit);
  }

  onCommit(listener: (committed: Committed, change: Change) => void): () => void {
    return this.#writer.onCommit(listener);
  }

  async eventCursor(subscriber: string): Promise<number> {
    this.#throwIfClosed();
    return this.#events.cursor(subscriber) ?? 0;
  }

  async setEventCursor(subscriber: string, seq: number): Promise<void> {
    await this.#writer.submit(1, (plan) => {
      plan.moveSubscriber(subscriber, seq);
      return undefined;
    });
  }

  async audit(after: number, limit: number, reverse = false): Promise<readonly AuditDocument[]> {
    this.#throwIfClosed();
    return this.#audit.read(after, limit, reverse);
  }

  /** Checks the whole audit log: each line against its hash and the line before, and the end of the log against where it was noted to end. */
  async verifyAudit(stop: StopSignal): Promise<AuditVerification> {
    this.#throwIfClosed();
    return verifyAudit(this.#audit.all(stop), this.#audit.head);
  }

  async backup(file: string, stop: StopSignal): Promise<BackupFacts> {
    return writeBackup(file, await this.#backup(stop));
  }

  async *backupStream(stop: StopSignal): AsyncGenerator<Uint8Array, void, undefined> {
    yield* await this.#backup(stop);
  }

  metrics(): readonly Metric[] {
    const { cache, unreadable } = this.#documents;
    return [
      ...this.#metrics.metrics({
        counts: this.#counts.now,
        cache,
        events: this.#events,
        streams: this.#cursors.size,
        auditLines: this.#audit.head.seq,
        waiting: this.#writer.waiting,
        unreadable,
      }),
      ...this.#openedHistory.metrics(),
    ];
  }

  /** Writes what waits and closes. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #backup(stop: StopSignal): Promise<AsyncGenerator<Uint8Array, BackupFacts, undefined>> {
    this.#throwIfClosed();
    await this.#gate.pass(() => Promise.resolve());
    const header = { format: backupFormat, version: backupVersion, schema: storeSchema, createdAt: this.#parts.clock.wall() } as const;
    return backupStream(this.#place.db, header, stop);
  }

  async #close(): Promise<void> {
    await this.#history?.close();
    await this.#writer.close();
    await this.#place.close();
  }

  get #openedHistory(): StoreHistory {
    if (this.#history === undefined) throw new GatewayStoreClosed();
    return this.#history;
  }

  #throwIfClosed(): void {
    if (this.#closing !== undefined) throw new GatewayStoreClosed();
  }

  async #load(repaired: boolean): Promise<void> {
    this.#documents.clear();
    await this.#counts.load(repaired);
    await this.#cursors.load();
    await this.#events.load();
    await this.#audit.load();
  }
}

/** Changes, documents and readings: what a batch is bounded by. */
function weightOf({ puts, deletes, readings, cursors }: Omit<Change, "actor">): number {
  return 1 + (puts?.length ?? 0) + (deletes?.length ?? 0) + (readings?.length ?? 0) + (cursors?.length ?? 0);
}
