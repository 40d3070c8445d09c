import type { JsonObject } from "../base/json.ts";
import type { MetricSource } from "../base/metric.ts";
import type { StopSignal } from "../base/stop-signal.ts";
import type { Actor } from "../twin/access/access-ports.ts";
import type { ArtifactDocument } from "../twin/documents/artifact-document.ts";
import type { BoardIntent, BoardLinkState, BoardView } from "../twin/documents/board-document.ts";
import type { DefinitionDocument, DefinitionIntent } from "../twin/documents/definition-document.ts";
import type { FeatureOfThing } from "../twin/documents/feature-of-thing-document.ts";
import type { OperationDocument, OperationIntent } from "../twin/documents/operation-document.ts";
import type { Reading } from "../twin/documents/reading.ts";
import type { AliasDocument, AliasIntent, RelationDocument, RelationIntent } from "../twin/documents/relation-document.ts";
import type { ThingDocument, ThingIntent } from "../twin/documents/thing-document.ts";

/** What a list is asked with. */
export interface ListQuery {
  /** CEL over the document's fields; true keeps it. At most 1,024 characters. */
  readonly filter?: string;
  /** Fields joined by commas, `-` first for descending, as in `-updatedAt,id`; default the id. */
  readonly orderBy?: string;
  readonly limit: number;
  /** From the page before. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** All that match and that the asker may see. */
  readonly total: number;
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** The revision that the writer saw. */
export interface IfMatch {
  readonly ifRev?: number;
}

/**
 * The documents as users, keys, boards and reconcilers may see and change them: permissions, field ownership, transition rules, two-phase delete, events
 * and audit are behind every method. Errors: {Forbidden} · {NotFound} · {FieldNotYours} · {RevisionConflict} · {ResourceInvalid} ·
 * {TransitionIllegal} · {StillReferenced} · {AlreadyExists} · {FilterInvalid} {QueryTooCostly} · those of the store.
 */
export interface Resources {
  listThings(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<ThingDocument>>;
  getThing(actor: Actor, id: string): Promise<ThingDocument>;
  createThing(actor: Actor, intent: ThingIntent): Promise<ThingDocument>;
  /** Merge patch (RFC 7396) of what users may write. */
  patchThing(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<ThingDocument>;
  /** At once, or in two phases for what a board brings. `force` skips the second, for admins. @returns what is left of it, `undefined` when it is gone */
  deleteThing(actor: Actor, id: string, when: IfMatch & { readonly force?: boolean }): Promise<ThingDocument | undefined>;

  listFeatures(actor: Actor, query: ListQuery & { readonly thing?: string }, stop: StopSignal): Promise<Page<FeatureOfThing>>;
  getFeature(actor: Actor, thing: string, feature: string): Promise<FeatureOfThing>;
  /** A feature that people keep. */
  createFeature(actor: Actor, thing: string, feature: string, body: JsonObject): Promise<FeatureOfThing>;
  /** Merge patch; the top-level members name the halves: `desired`, `reported`, `status`, `title`, `definition`. One half that is not the actor's refuses all. */
  patchFeature(actor: Actor, thing: string, feature: string, patch: JsonObject, when: IfMatch): Promise<FeatureOfThing>;
  deleteFeature(actor: Actor, thing: string, feature: string, when: IfMatch): Promise<void>;
  /** Takes a feature out of its error: the reconciler begins anew. */
  retryFeature(actor: Actor, thing: string, feature: string): Promise<FeatureOfThing>;

  listDefinitions(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<DefinitionDocument>>;
  getDefinition(actor: Actor, id: string): Promise<DefinitionDocument>;
  createDefinition(actor: Actor, intent: DefinitionIntent): Promise<DefinitionDocument>;
  patchDefinition(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<DefinitionDocument>;
  deleteDefinition(actor: Actor, id: string, when: IfMatch): Promise<void>;

  listAliases(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<AliasDocument>>;
  getAlias(actor: Actor, id: string): Promise<AliasDocument>;
  createAlias(actor: Actor, intent: AliasIntent): Promise<AliasDocument>;
  deleteAlias(actor: Actor, id: string): Promise<void>;

  listRelations(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<RelationDocument>>;
  getRelation(actor: Actor, id: string): Promise<RelationDocument>;
  createRelation(actor: Actor, intent: RelationIntent): Promise<RelationDocument>;
  deleteRelation(actor: Actor, id: string): Promise<void>;
  /** Things that are in a group: by relation `in`, by the group's selector, and in groups within. */
  members(actor: Actor, group: string, query: ListQuery, stop: StopSignal): Promise<Page<ThingDocument>>;

  listOperations(
    actor: Actor,
    query: ListQuery & { readonly thing?: string; readonly state?: string },
    stop: StopSignal,
  ): Promise<Page<OperationDocument>>;
  getOperation(actor: Actor, id: string): Promise<OperationDocument>;
  createOperation(actor: Actor, intent: OperationIntent): Promise<OperationDocument>;
  cancelOperation(actor: Actor, id: string): Promise<OperationDocument>;

  listArtifacts(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<ArtifactDocument>>;
  getArtifact(actor: Actor, id: string): Promise<ArtifactDocument>;
}

/** The boards of the gateway. */
export interface Boards extends MetricSource {
  list(): Promise<readonly BoardView[]>;
  get(id: string): Promise<BoardView | undefined>;
  /** Names a board before it is there. Rewrites `boards.json` as every change here does. @throws {AlreadyExists} */
  create(actor: Actor, intent: BoardIntent): Promise<BoardView>;
  /** `name`, `address`, `enabled`, `labels`, `keyFingerprint`. @throws {NotFound} {RevisionConflict} {ResourceInvalid} */
  patch(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<BoardView>;
  /** Takes in a board that was discovered. `keyFingerprint`: the key that the person saw; another one refuses. */
  adopt(
    actor: Actor,
    id: string,
    intent: { readonly name?: string; readonly labels?: Record<string, string>; readonly keyFingerprint?: string },
  ): Promise<BoardView>;
  /** Forgets a board; its history stays. */
  remove(actor: Actor, id: string, when: IfMatch): Promise<void>;
  /** A new MQTT password for the board's account, told once. */
  credentials(actor: Actor, id: string): Promise<{ readonly username: string; readonly password: string }>;
  /** Calls `listener` when the link or a stream of a board stands otherwise; at most some times a second for a board. */
  onState(listener: (board: string, state: BoardLinkState) => void): () => void;
}

/** One newest value, for screens. */
export type LiveReading = Pick<Reading, "thing" | "feature" | "value" | "quality" | "source" | "received" | "reason">;

/** Newest values as they come: from records, ahead of them, and from the gateway's own broker. Never older than what was given before. */
export interface LiveFeed {
  onValues(listener: (values: readonly LiveReading[]) => void): () => void;
  /** The newest known of one feature, kept or not. */
  latest(thing: string, feature: string): LiveReading | undefined;
}

/** Carries commands to boards, once. */
export interface CommandSender {
  /** The board's number for its next command; kept before it is given. */
  nextCommand(board: string): Promise<number>;
  /** Sends an operation that is kept already with its `board` and `cmdSeq`, in the order of these; nothing is sent twice. */
  issue(operation: OperationDocument): void;
  /**
   * Takes back a command that was not sent: its operation is kept as cancelled or expired already. Before a command is marked as sent, its operation is
   * looked at in the same way (`queued` ► `sent` by revision), so that what has ended is never sent, whichever comes first.
   */
  withdraw(operation: OperationDocument): void;
}

/** How one part of the gateway is, for `/health`, the node page and `doctor`. */
export interface NodeFacts {
  readonly id: string;
  readonly version: string;
  readonly hostname: string;
  readonly os: string;
  readonly arch: string;
  readonly node: string;
  readonly startedAt: number;
  readonly cpus: number;
  /** Shares of all processors, 0 to 1. */
  readonly cpu: number;
  readonly ownCpu: number;
  readonly load: readonly number[];
  readonly memory: { readonly total: number; readonly free: number; readonly own: number };
  readonly disk: { readonly total: number; readonly free: number; readonly data: number };
  readonly addresses: readonly string[];
  /** The clock of the machine and whether somebody keeps it right. */
  readonly clock: { readonly now: number; readonly synchronised: boolean | undefined };
  /** The own board's process. */
  readonly board: JsonObject;
  readonly store: JsonObject;
  readonly problems: readonly { readonly part: string; readonly text: string; readonly remedy?: string }[];
}

export interface NodeSource {
  facts(stop: StopSignal): Promise<NodeFacts>;
}

/** Bytes by hash. */
export interface ArtifactFiles {
  /** Keeps a stream of bytes. @throws {ArtifactTooLarge} {ArtifactSpaceFull} */
  write(bytes: AsyncIterable<Uint8Array>, stop: StopSignal): Promise<{ readonly sha256: string; readonly size: number }>;
  read(sha256: string): AsyncIterable<Uint8Array>;
  remove(sha256: string): Promise<void>;
}
