import type { Log } from "../../../shared/base/log.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { parseScope } from "../../../shared/twin/access/scope.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { PrincipalBook } from "./principal-book.ts";

export interface OrphanedGrantsParts {
  readonly store: Pick<GatewayStore, "commit" | "onCommit">;
  readonly book: PrincipalBook;
  readonly turn: OneAtATime;
  readonly log: Log;
}

const actor: Actor = { id: "system", type: "system", via: "system" };

/** Takes away grants on things, groups and definitions that were deleted, so that what comes by the same id later is not open to whoever was let in before. */
export class OrphanedGrants {
  readonly #parts: OrphanedGrantsParts;
  readonly #end: () => void;
  #under: Promise<void> = Promise.resolve();

  constructor(parts: OrphanedGrantsParts) {
    this.#parts = parts;
    this.#end = parts.store.onCommit((_committed, { deletes = [] }) => {
      const gone = deletes.flatMap(({ kind, id }) => (kind === "thing" || kind === "definition" ? [`${kind}:${id}`] : []));
      if (gone.length > 0) this.#under = Promise.all([this.#under, this.#sweep(new Set(gone))]).then(() => undefined);
    });
  }

  /** Resolves when what was deleted up to now left no grants. */
  settled(): Promise<void> {
    return this.#under;
  }

  close(): Promise<void> {
    this.#end();
    return this.#under;
  }

  async #sweep(gone: ReadonlySet<string>): Promise<void> {
    const { book, log, store, turn } = this.#parts;
    if (this.#orphans(gone).length === 0) return;
    try {
      await turn.run(async () => {
        const orphans = this.#orphans(gone).flatMap((id) => book.grants.get(id) ?? []);
        if (orphans.length === 0) return;
        await store.commit({
          actor: actor.id,
          deletes: orphans.map(({ id }) => ({ kind: "grant", id }) as const),
          audit: orphans.map(({ id, rev }) => auditDone(actor, { action: "grant:delete", kind: "grant", id }, { before: rev })),
        });
      });
    } catch (error) {
      log.error({ error }, "grants on what was deleted cannot be taken away");
    }
  }

  #orphans(gone: ReadonlySet<string>): readonly string[] {
    return [...this.#parts.book.grants.values()].flatMap(({ id, scope }) => {
      const at = parseScope(scope);
      if (at === undefined || at.name === "all") return [];
      return gone.has(`${at.name === "group" ? "thing" : at.name}:${at.id}`) ? [id] : [];
    });
  }
}
