import type { JsonValue } from "../../../shared/base/json.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import type { Attempt } from "../../../shared/twin/access/audit-port.ts";
import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { Change, DocumentKind, DocumentKinds, DocumentPut, Draft, GatewayStore } from "../../../shared/twin/store-ports.ts";

/** What becomes of a document, with what else belongs into the same batch. */
export interface Decision<K extends DocumentKind> {
  readonly document: Draft<K>;
  readonly beside?: Pick<Change, "puts" | "deletes" | "events" | "state">;
}

/** Who writes, what it is in the audit log, and what it hangs on. */
export interface Writing {
  readonly actor: Actor;
  readonly attempt: Attempt;
  readonly mask?: readonly string[];
  /** The revision that the writer saw. */
  readonly ifRev?: number | undefined;
}

/** So often a change is begun again because the document changed meanwhile. */
const mostTries = 20;

/** Reads, decides and writes, in one batch with the audit line; again from the start when somebody else was sooner. */
export class DocumentWriter {
  readonly #store: GatewayStore;

  constructor(store: GatewayStore) {
    this.#store = store;
  }

  /**
   * @param decide from what is stored now; what it throws is what this throws. `undefined`: nothing is to be done
   * @throws {RevisionConflict} · those of the store
   */
  async write<K extends DocumentKind>(
    kind: K,
    id: string,
    writing: Writing,
    decide: (now: DocumentKinds[K] | undefined) => Promise<Decision<K> | undefined>,
  ): Promise<DocumentKinds[K] | undefined> {
    for (let tries = 1; ; tries++) {
      const now = await this.#store.get(kind, id);
      if (writing.ifRev !== undefined) checkRev(kind, id, writing.ifRev, now?.rev ?? 0);
      const decision = await decide(now);
      if (decision === undefined) return now;
      try {
        return await this.#commit(kind, id, writing, now, decision);
      } catch (error) {
        if (!(error instanceof RevisionConflict) || tries === mostTries) throw error;
      }
    }
  }

  /** The same for a change that is more, or less, than one document. */
  async change<T>(decide: () => Promise<{ readonly change: Change; readonly result: T } | undefined>): Promise<T | undefined> {
    for (let tries = 1; ; tries++) {
      const decision = await decide();
      if (decision === undefined) return undefined;
      try {
        await this.#store.commit(decision.change);
        return decision.result;
      } catch (error) {
        if (!(error instanceof RevisionConflict) || tries === mostTries) throw error;
      }
    }
  }

  async #commit<K extends DocumentKind>(
    kind: K,
    id: string,
    { actor, attempt, mask }: Writing,
    now: DocumentKinds[K] | undefined,
    { document, beside = {} }: Decision<K>,
  ): Promise<DocumentKinds[K]> {
    const before = now?.rev ?? 0;
    const after = now !== undefined && isSame(draftOf<K>(now), document) ? before : before + 1;
    const put: DocumentPut<K> = { kind, id, document, ifRev: before };
    const { documents } = await this.#store.commit({
      ...beside,
      actor: actor.id,
      puts: [put, ...(beside.puts ?? [])],
      audit: [auditDone(actor, attempt, { ...(mask !== undefined && { mask }), before, after })],
    });
    const [stored] = documents;
    if (!isStored(kind, stored)) throw new RevisionConflict(kind, id, before, before);
    return stored;
  }
}

/** @throws {RevisionConflict} */
export function checkRev(kind: DocumentKind, id: string, expected: number, rev: number): void {
  if (expected !== rev) throw new RevisionConflict(kind, id, expected, rev);
}

/** The store answers with documents in the order in which they were put: what stands in this place is of this kind. */
function isStored<K extends DocumentKind>(_kind: K, document: DocumentKinds[DocumentKind] | undefined): document is DocumentKinds[K] {
  return document !== undefined;
}

/** Documents come from JSON and go there. */
const isJson = (value: unknown): value is JsonValue => typeof value === "object";
const isSame = (left: unknown, right: unknown): boolean => isJson(left) && isJson(right) && sameJson(left, right);
