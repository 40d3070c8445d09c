import type { FeatureOfThing } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type {
  AuditDraft,
  Change,
  CursorPut,
  DocumentKind,
  DocumentPut,
  Draft,
  EventDraft,
  StatePut,
} from "../../../shared/twin/store-ports.ts";

/** A change that is being put together: each document once. */
export class ChangeDraft {
  readonly actor: string;
  readonly events: EventDraft[] = [];
  readonly readings: Reading[] = [];
  readonly cursors: CursorPut[] = [];
  readonly state: StatePut[] = [];
  readonly audit: AuditDraft[] = [];
  readonly #puts = new Map<string, DocumentPut>();
  readonly #features = new Map<string, FeatureOfThing>();

  constructor(actor: string) {
    this.actor = actor;
  }

  get documents(): number {
    return this.#puts.size;
  }

  put<K extends DocumentKind>(kind: K, id: string, document: Draft<K>, ifRev?: number): void {
    const put: DocumentPut<K> = { kind, id, document, ...(ifRev !== undefined && { ifRev }) };
    this.#puts.set(`${kind} ${id}`, put);
  }

  /** A feature as this change leaves it, where it was put by {@link putFeature}. */
  feature(id: string): FeatureOfThing | undefined {
    return this.#features.get(id);
  }

  /** Puts a feature that may be changed once more by the same change. @param from as it is stored, or as {@link feature} gave it */
  putFeature(id: string, document: Draft<"feature">, from: FeatureOfThing): void {
    const { rev, createdAt, updatedAt } = from;
    this.#features.set(id, { ...document, rev, createdAt, updatedAt });
    this.put("feature", id, document, rev);
  }

  get isEmpty(): boolean {
    const { events, readings, cursors, state, audit } = this;
    return this.#puts.size + events.length + readings.length + cursors.length + state.length + audit.length === 0;
  }

  get change(): Change {
    const { actor, events, readings, cursors, state, audit } = this;
    return { actor, puts: [...this.#puts.values()], events, readings, cursors, state, audit };
  }
}
