import type { JsonValue } from "../../../shared/base/json.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import { DocumentTooLarge, DuplicateAlias, StoreFull } from "../../../shared/twin/store-errors.ts";
import type {
  Change,
  Committed,
  CursorPut,
  DocumentDelete,
  DocumentKind,
  DocumentKinds,
  DocumentPut,
  EventDraft,
} from "../../../shared/twin/store-ports.ts";
import type { BatchSink, HistoryWrite } from "../history/batch-sink.ts";
import type { AuditHead } from "./audit-chain.ts";
import type { AuditLog } from "./audit-log.ts";
import type { Counts, DocumentCounts } from "./document-counts.ts";
import { changedFields, type EventBody, eventOf } from "./document-event.ts";
import { documentFacts } from "./document-facts.ts";
import type { EventLog } from "./event-log.ts";
import { isOfKind, KeptDocument } from "./kept-document.ts";
import type { StoreHistory } from "./store-history.ts";
import { documentKey, numberedKey, Space } from "./store-keys.ts";
import type { StoreBounds } from "./store-options.ts";
import type { StoredDocuments } from "./stored-documents.ts";
import type { StreamCursors } from "./stream-cursors.ts";

/** Longest sentence of an event. */
const longestText = 512;

/** What is on disk, as a plan needs to know it. */
export interface StoredState {
  readonly documents: StoredDocuments;
  readonly counts: DocumentCounts;
  readonly cursors: StreamCursors;
  readonly events: EventLog;
  readonly audit: AuditLog;
  readonly history: () => StoreHistory;
}

export interface BatchPlanParts {
  readonly stored: StoredState;
  readonly bounds: StoreBounds;
  /** Time of all that is in the batch. */
  readonly at: number;
}

type Write = readonly [key: string, value: string | undefined];

/** One change on its way into a plan: taken in as a whole, or not at all. */
interface Part {
  readonly writes: Write[];
  readonly documents: Map<string, KeptDocument | undefined>;
  readonly cursors: Map<string, CursorPut>;
  readonly events: EventDocument[];
  readonly actor: string;
  counts: Counts;
}

/** What goes into one batch: changes, each planned on top of those before it. */
export class BatchPlan {
  readonly #stored: StoredState;
  readonly #bounds: StoreBounds;
  readonly #at: number;
  readonly #writes: Write[] = [];
  readonly #documents = new Map<string, KeptDocument | undefined>();
  readonly #cursors = new Map<string, CursorPut>();
  readonly #subscribers = new Map<string, number>();
  #counts: Counts;
  #audit: AuditHead;
  #newest: number;
  #oldest: number;
  #durable = false;
  readonly #history: ((sink: BatchSink) => HistoryWrite | undefined)[] = [];

  constructor({ stored, bounds, at }: BatchPlanParts) {
    this.#stored = stored;
    this.#bounds = bounds;
    this.#at = at;
    this.#counts = stored.counts.now;
    this.#audit = stored.audit.head;
    this.#newest = stored.events.newest;
    this.#oldest = stored.events.oldest;
  }

  /** True when there is nothing to write. */
  get empty(): boolean {
    return this.#writes.length === 0 && this.#history.length === 0;
  }

  /** True when somebody was promised that it is on disk. */
  get durable(): boolean {
    return this.#durable;
  }

  /** The document as it will be. */
  read<K extends DocumentKind>(kind: K, id: string): KeptDocument<K> | undefined {
    const key = documentKey(kind, id);
    if (!this.#documents.has(key)) return this.#stored.documents.getSync(kind, id);
    const staged = this.#documents.get(key);
    return staged !== undefined && isOfKind(staged, kind) ? staged : undefined;
  }

  /** Takes a change in. When it throws, nothing of the change is in the plan. @returns what it comes to, `undefined` where there is nothing to write */
  add(change: Change): { readonly committed: Committed; readonly writes: boolean } {
    const { actor, puts = [], deletes = [], events = [], readings = [], cursors = [], forget = [], state = [], audit = [] } = change;
    const part: Part = { writes: [], documents: new Map(), cursors: new Map(), events: [], actor, counts: this.#counts };
    const documents = puts.map((put) => this.#put(part, put.kind, put));
    for (const one of deletes) this.#delete(part, one.kind, one);
    for (const event of events) this.#pushEvent(part, fromDraft(event));
    for (const cursor of cursors) this.#move(part, cursor);
    for (const { key, value } of state)
      part.writes.push([Space.state + key, value === undefined ? undefined : this.#text("state", key, value)]);
    const lines = this.#stored.audit.extend(this.#audit, audit, this.#at);
    part.writes.push(...lines.puts);
    const history = this.#stored.history();
    history.admit(readings);

    const writes = part.writes.length + readings.length + forget.length > 0;
    if (writes) this.#durable = true;
    for (const write of part.writes) this.#writes.push(write);
    for (const [key, kept] of part.documents) this.#documents.set(key, kept);
    for (const [key, cursor] of part.cursors) this.#cursors.set(key, cursor);
    for (const { thing, feature } of forget) this.#history.push((sink) => history.remove(thing, feature, sink));
    if (readings.length > 0) this.#history.push((sink) => history.write(readings, sink));
    this.#counts = part.counts;
    this.#audit = lines.head;
    this.#newest += part.events.length;
    return { committed: { documents, events: part.events }, writes };
  }

  /** Moves a subscriber. That it is on disk at once is not promised: who comes back too far behind hears events twice. @throws {StoreFull} */
  moveSubscriber(subscriber: string, seq: number): void {
    const { events } = this.#stored;
    if (events.cursor(subscriber) === undefined && events.subscribers + this.#subscribers.size >= this.#bounds.subscribers) {
      throw new StoreFull("subscribers", this.#bounds.subscribers);
    }
    this.#subscribers.set(subscriber, seq);
    this.#writes.push([Space.eventCursor + subscriber, String(seq)]);
  }

  /** Upkeep of the history, which asks for no promise. @param fill called once, when the batch is written */
  addUpkeep(fill: (sink: BatchSink) => void): void {
    this.#history.push((sink) => {
      fill(sink);
      return undefined;
    });
  }

  /** Has the history put its part into the batch. @param made gets what is to be told how the batch ended */
  fillHistory(sink: BatchSink, made: HistoryWrite[]): void {
    for (const fill of this.#history) {
      const write = fill(sink);
      if (write !== undefined) made.push(write);
    }
  }

  /** All texts to write, in order. Called once, when the last change is in. */
  finish(): readonly Write[] {
    const { counts, events } = this.#stored;
    if (this.#counts !== counts.now) this.#writes.push(counts.write(this.#counts));
    const made = this.#newest - events.newest;
    if (made > 0) {
      const floor = events.planPrune(made);
      for (; this.#oldest < floor; this.#oldest++) this.#writes.push([numberedKey(Space.event, this.#oldest), undefined]);
    }
    return this.#writes;
  }

  /** The batch is on disk. */
  settle(): void {
    const { documents, counts, cursors, events, audit } = this.#stored;
    for (const [key, kept] of this.#documents) documents.settle(key, kept);
    for (const { board, stream, term, seq } of this.#cursors.values()) cursors.settle(board, stream, { term, seq });
    for (const [subscriber, seq] of this.#subscribers) events.moveCursor(subscriber, seq);
    counts.settle(this.#counts);
    audit.settle(this.#audit);
    events.settle(this.#oldest, this.#newest);
  }

  #put<K extends DocumentKind>(part: Part, kind: K, { id, document: draft, ifRev }: DocumentPut): DocumentKinds[K] {
    const before = this.#before(part, kind, id);
    const rev = before?.document.rev ?? 0;
    if (before !== undefined && isOfKind(before, "alias") && ifRev !== rev && before.document.thing !== Reflect.get(draft, "thing")) {
      throw new DuplicateAlias(id, before.document.thing);
    }
    if (ifRev !== undefined && ifRev !== rev) throw new RevisionConflict(kind, id, ifRev, rev);
    if (before !== undefined && changedFields(before.document, draft).length === 0) return before.document;
    if (before === undefined) this.#count(part, kind, 1);
    const createdAt = before?.document.createdAt ?? this.#at;
    const text = this.#text(kind, id, { ...draft, rev: rev + 1, createdAt, updatedAt: this.#at });
    const after = new KeptDocument(kind, text);
    const mask = before === undefined ? [] : changedFields(before.document, after.document);
    // What JSON cannot say may have looked like a change.
    if (before !== undefined && mask.length === 0) return before.document;
    this.#stage(part, kind, id, { before, after, text, mask });
    return after.document;
  }

  #delete<K extends DocumentKind>(part: Part, kind: K, { id, ifRev }: DocumentDelete): void {
    const before = this.#before(part, kind, id);
    const rev = before?.document.rev ?? 0;
    if (ifRev !== undefined && ifRev !== rev) throw new RevisionConflict(kind, id, ifRev, rev);
    if (before === undefined) return;
    this.#count(part, kind, -1);
    this.#stage(part, kind, id, { before, after: undefined, text: undefined, mask: [] });
  }

  #before<K extends DocumentKind>(part: Part, kind: K, id: string): KeptDocument<K> | undefined {
    if (part.documents.has(documentKey(kind, id))) throw new Error(`one change names ${kind} ${id} twice`);
    return this.read(kind, id);
  }

  #stage<K extends DocumentKind>(
    part: Part,
    kind: K,
    id: string,
    {
      before,
      after,
      text,
      mask,
    }: {
      readonly before: KeptDocument<K> | undefined;
      readonly after: KeptDocument<K> | undefined;
      readonly text: string | undefined;
      readonly mask: readonly string[];
    },
  ): void {
    const key = documentKey(kind, id);
    const { indexKeys } = documentFacts[kind];
    const was = before === undefined ? [] : indexKeys(before.document);
    const is = after === undefined ? [] : indexKeys(after.document);
    part.documents.set(key, after);
    part.writes.push([key, text]);
    for (const old of was) if (!is.includes(old)) part.writes.push([old, undefined]);
    for (const now of is) if (!was.includes(now)) part.writes.push([now, ""]);
    const body = eventOf(kind, id, { before, after, mask });
    if (body !== undefined) this.#pushEvent(part, body);
  }

  #pushEvent(part: Part, body: EventBody): void {
    const seq = this.#newest + part.events.length + 1;
    const event: EventDocument = { seq, at: this.#at, ...body, actor: part.actor };
    part.events.push(event);
    part.writes.push([numberedKey(Space.event, seq), this.#text("event", event.type, event)]);
  }

  #move(part: Part, cursor: CursorPut): void {
    const { board, stream, term, seq } = cursor;
    const key = `${Space.cursor}${board}/${stream}`;
    const waiting = this.#cursors.size + part.cursors.size;
    this.#stored.cursors.check(cursor, part.cursors.get(key) ?? this.#cursors.get(key), waiting);
    part.cursors.set(key, cursor);
    part.writes.push([key, `{"term":${term},"seq":${seq}}`]);
  }

  #count(part: Part, kind: DocumentKind, by: number): void {
    const most = this.#bounds.documents[kind];
    const count = part.counts[kind] + by;
    if (by > 0 && count > most) throw new StoreFull(`documents of kind ${kind}`, most);
    part.counts = { ...part.counts, [kind]: count };
  }

  #text(kind: string, id: string, value: object | JsonValue): string {
    const text = JSON.stringify(value);
    const most = this.#bounds.documentSize;
    if (text.length * 3 > most) {
      const size = Buffer.byteLength(text);
      if (size > most) throw new DocumentTooLarge(kind, id, size, most);
    }
    return text;
  }
}

function fromDraft({ type, kind, id, thing, severity, text, data }: EventDraft): EventBody {
  return {
    type,
    kind,
    id,
    ...(thing === undefined ? {} : { thing }),
    severity,
    ...(text === undefined ? {} : { text: text.slice(0, longestText) }),
    ...(data === undefined ? {} : { data }),
  };
}
