import type { JsonObject, JsonValue } from "../base/json.ts";
import type { MetricSource } from "../base/metric.ts";
import type { StopSignal } from "../base/stop-signal.ts";
import type { ArtifactDocument } from "./documents/artifact-document.ts";
import type { BoardDocument } from "./documents/board-document.ts";
import type { DefinitionDocument } from "./documents/definition-document.ts";
import type { AuditDocument, EventDocument, Severity } from "./documents/event-document.ts";
import type { FeatureOfThing } from "./documents/feature-of-thing-document.ts";
import type { OperationDocument } from "./documents/operation-document.ts";
import type { GrantDocument, KeyDocument, SessionDocument, UserDocument } from "./documents/principal-document.ts";
import type { Bucket, Reading } from "./documents/reading.ts";
import type { AliasDocument, RelationDocument } from "./documents/relation-document.ts";
import type { ThingDocument } from "./documents/thing-document.ts";

/**
 * Every kind of document and its shape. The id of a feature is `<thing>/<feature>`, of an alias `<network>/<key>/<value>`, of a relation
 * `<parent>/<name>/<child>`; of all else its own `id`.
 */
export interface DocumentKinds {
  readonly thing: ThingDocument;
  readonly feature: FeatureOfThing;
  readonly definition: DefinitionDocument;
  readonly alias: AliasDocument;
  readonly relation: RelationDocument;
  readonly board: BoardDocument;
  readonly operation: OperationDocument;
  readonly artifact: ArtifactDocument;
  readonly user: UserDocument;
  readonly grant: GrantDocument;
  readonly key: KeyDocument;
  /** Log-ins: no events are made of them. */
  readonly session: SessionDocument;
}
export type DocumentKind = keyof DocumentKinds;

/** A document without what the store stamps on it. */
export type Draft<K extends DocumentKind> = { readonly [P in K]: Omit<DocumentKinds[P], "rev" | "createdAt" | "updatedAt"> }[K];

/** One document to write. `ifRev`: the revision that it must have now, 0 for none; without it, whatever is there is replaced. */
export interface DocumentPut<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  readonly id: string;
  readonly document: Draft<K>;
  readonly ifRev?: number;
}

export interface DocumentDelete {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly ifRev?: number;
}

/** Something that happened beside the documents' own created, updated and deleted events, which the store makes itself. */
export interface EventDraft {
  readonly type: string;
  readonly kind: string;
  readonly id: string;
  readonly thing?: string;
  readonly severity: Severity;
  readonly text?: string;
  readonly data?: JsonObject;
}

/** What an audit line says but its number, time and hashes. */
export type AuditDraft = Omit<AuditDocument, "seq" | "at" | "prev" | "hash">;

/** Where a stream of a board stands, with what else is kept beside its records. */
export interface CursorPut {
  readonly board: string;
  readonly stream: string;
  readonly term: number;
  readonly seq: number;
  /** The place that the stream must have now. */
  readonly prev: { readonly term: number; readonly seq: number };
}

/** A small value under a key of its own, for rooms that keep state beside documents: keys are `<room>/…`. Kept in the same batch. */
export interface StatePut {
  readonly key: string;
  /** `undefined` removes it. */
  readonly value: JsonValue | undefined;
}

/**
 * One change: kept as one batch with indexes, events and audit, or not at all. A document may be named once.
 * Documents that are equal to what is stored (but for their stamps) are not written, have no event and keep their revision.
 */
export interface Change {
  /** For events and audit: who. */
  readonly actor: string;
  readonly puts?: readonly DocumentPut[];
  readonly deletes?: readonly DocumentDelete[];
  readonly events?: readonly EventDraft[];
  readonly readings?: readonly Reading[];
  readonly cursors?: readonly CursorPut[];
  /** History to remove: of a thing, or of one of its features. Nothing else removes it but its age. */
  readonly forget?: readonly { readonly thing: string; readonly feature?: string }[];
  readonly state?: readonly StatePut[];
  readonly audit?: readonly AuditDraft[];
}

export interface Committed {
  /** The documents as they are stored now, in the order of `puts`. */
  readonly documents: readonly DocumentKinds[DocumentKind][];
  /** The events that were made, in order. */
  readonly events: readonly EventDocument[];
}

export interface ListBounds {
  /** Ids behind this one, in the order of ids. */
  readonly after?: string;
  /** Ids that begin with it, as in `pump/` for the features of a thing. */
  readonly prefix?: string;
  readonly limit: number;
  readonly reverse?: boolean;
}

/** Names of indexes and what they are asked by; answers are ids in order. */
export interface Indexes {
  /** Things by label: `<key>=<value>`. */
  readonly label: "thing";
  /** Things by definition. */
  readonly definition: "thing";
  /** Things by board. */
  readonly board: "thing";
  /** Relations by child: `<child>/` or `<child>/<name>/`. Relations by parent are a prefix of their ids. */
  readonly child: "relation";
  /** Aliases by thing. */
  readonly aliased: "alias";
  /** Operations by state: `<state>`; by target: `thing:<thing>`; by idempotency key: `key:<createdBy>:<key>`. Newest last. */
  readonly operation: "operation";
  /** Grants by principal, keys by owner. */
  readonly principal: "grant";
  readonly owner: "key";
  readonly sessions: "session";
}
export type IndexName = keyof Indexes;

/** History of what boards measured. */
export interface History {
  /** The newest reading, by source time. At no I/O. */
  latest(thing: string, feature: string): Reading | undefined;
  /** Readings with `from ≤ source < to`, in order of source time (and place), at most `limit`. `after`: behind this reading of an earlier page. */
  readings(
    query: {
      readonly thing: string;
      readonly feature: string;
      readonly from: number;
      readonly to: number;
      readonly limit: number;
      readonly reverse?: boolean;
      readonly after?: { readonly source: number; readonly term: number; readonly seq: number };
    },
    stop: StopSignal,
  ): Promise<readonly Reading[]>;
  /**
   * At most `buckets` spans of equal length that cover `from` to `to`; edges are moved out to whole multiples of the length, so that spans are alike
   * whenever they are asked for. Spans without a reading are left out. `path`: a part of values that are objects, steps joined by `/`.
   */
  buckets(
    query: {
      readonly thing: string;
      readonly feature: string;
      readonly from: number;
      readonly to: number;
      readonly buckets: number;
      readonly path?: string;
    },
    stop: StopSignal,
  ): Promise<{ readonly width: number; readonly buckets: readonly Bucket[] }>;
  /** Newest readings by thing, without I/O. */
  latestOf(thing: string): readonly Reading[];
}

/** What a check of the audit log found. */
export interface AuditVerification {
  /** Lines that were read, the wrong one included. */
  readonly lines: number;
  /** Number of the first line that is still kept; absent when there is none. */
  readonly first?: number;
  /** The first line that is not as it was written, and one sentence that says in what. */
  readonly wrong?: { readonly seq: number; readonly why: string };
}

/** Everything that a gateway keeps. What was read may be older than a commit under way; `ifRev` tells. */
export interface GatewayStore extends MetricSource {
  readonly history: History;
  get<K extends DocumentKind>(kind: K, id: string): Promise<DocumentKinds[K] | undefined>;
  getMany<K extends DocumentKind>(kind: K, ids: readonly string[]): Promise<readonly (DocumentKinds[K] | undefined)[]>;
  list<K extends DocumentKind>(kind: K, bounds: ListBounds): Promise<readonly DocumentKinds[K][]>;
  count(kind: DocumentKind): number;
  /** Ids under an index, in order. Behind an operation that is gone there is nothing. */
  lookup(index: IndexName, key: string, bounds: ListBounds): Promise<readonly string[]>;
  /** State of a room by key; keys with a prefix. */
  state(key: string): Promise<JsonValue | undefined>;
  states(prefix: string): Promise<readonly (readonly [string, JsonValue])[]>;
  cursors(board: string): Promise<ReadonlyMap<string, { readonly term: number; readonly seq: number }>>;
  /**
   * Keeps a change. Resolves when it is on disk: changes that wait together go in one synced batch.
   * @throws {RevisionConflict} `ifRev` or a cursor's `prev` is not what is stored · {DuplicateAlias} · {DocumentTooLarge} · {StoreFull} no room ·
   * {GatewayStoreFailed} the disk refuses · {GatewayStoreClosed}
   */
  commit(change: Change): Promise<Committed>;
  /** Reads, decides and writes one document; again from the start when it changed meanwhile. `undefined` from `decide` writes nothing. */
  update<K extends DocumentKind>(
    kind: K,
    id: string,
    actor: string,
    decide: (now: DocumentKinds[K] | undefined) => Draft<K> | undefined,
    beside?: Omit<Change, "actor" | "puts">,
  ): Promise<DocumentKinds[K] | undefined>;
  /** Events behind `after`, oldest first. `oldest` is the first that is still kept. */
  events(
    after: number,
    limit: number,
  ): Promise<{ readonly events: readonly EventDocument[]; readonly oldest: number; readonly newest: number }>;
  /** Calls `listener` with every commit that is on disk, in order. The returned function ends it. */
  onCommit(listener: (committed: Committed, change: Change) => void): () => void;
  /** Where a durable listener stands in the events; events behind the slowest are kept, within bounds. */
  eventCursor(subscriber: string): Promise<number>;
  setEventCursor(subscriber: string, seq: number): Promise<void>;
  audit(after: number, limit: number, reverse?: boolean): Promise<readonly AuditDocument[]>;
  /**
   * Reads the audit log from its first kept line to its last and checks each line's hash, that it names the hash of the line before, and that numbers
   * have no hole; ends at the first that is wrong. @param stop between pages
   */
  verifyAudit(stop: StopSignal): Promise<AuditVerification>;
  /** Writes a copy of all that is committed to `file`, with checksums, while the store goes on. */
  backup(file: string, stop: StopSignal): Promise<{ readonly entries: number; readonly bytes: number; readonly sha256: string }>;
  /** The bytes of such a copy, piece by piece. @throws {Stopped} */
  backupStream(stop: StopSignal): AsyncIterable<Uint8Array>;
  /** What could not be opened and what became of it; for health and alarms. */
  readonly repaired: string | undefined;
  close(): Promise<void>;
}
