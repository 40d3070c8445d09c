import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import type { Change, GatewayStore } from "../../../shared/twin/store-ports.ts";
import { boardFinalizer, type ThingRemoval } from "../resources/thing-removal.ts";
import type { Directive, Reconciler } from "./reconciler.ts";
import { WaitingKeys } from "./waiting-keys.ts";

export interface ThingCleanUpParts {
  readonly store: GatewayStore;
  readonly removal: Pick<ThingRemoval, "finalize">;
}

const pageSize = 500;
const actor: Actor = { id: "system", type: "system", via: "system" };

/**
 * Lets things go that are to be deleted, as soon as no board brings them any more: the board is gone, or says of all features of the thing that it does
 * not have them, which leaves their status unspecified.
 */
export class ThingCleanUp implements Reconciler {
  readonly kind = "clean-up";
  readonly #parts: ThingCleanUpParts;
  readonly #byBoard = new WaitingKeys();
  readonly #byThing = new WaitingKeys();

  constructor(parts: ThingCleanUpParts) {
    this.#parts = parts;
  }

  match({ kind, type, id, mask, thing }: EventDocument): readonly string[] {
    if (kind === "feature") return thing === undefined ? [] : this.#byThing.take(thing);
    if (kind === "thing" && type === "thing.updated" && mask?.includes("lifecycle") === true) return [id];
    return kind === "board" ? this.#byBoard.take(id) : [];
  }

  async *list(): AsyncGenerator<string> {
    for (let after: string | undefined; ; ) {
      const page = await this.#parts.store.list("thing", { limit: pageSize, ...(after !== undefined && { after }) });
      for (const thing of page) if (waits(thing)) yield thing.id;
      after = page.at(-1)?.id;
      if (after === undefined || page.length < pageSize) return;
    }
  }

  async intent(key: string): Promise<number | undefined> {
    const thing = await this.#parts.store.get("thing", key);
    return thing !== undefined && waits(thing) ? 1 : undefined;
  }

  async reconcile(key: string): Promise<Directive> {
    const { removal, store } = this.#parts;
    const thing = await store.get("thing", key);
    if (thing === undefined || !waits(thing)) return { do: "ack" };
    const board = thing.board ?? thing.id;
    this.#byBoard.add(board, key);
    this.#byThing.add(key, key);
    const isThere = (await store.get("board", board)) !== undefined;
    if (isThere && (board === key || (await this.#isBrought(key)))) return { do: "wait", on: "link" };
    await removal.finalize(actor, key, boardFinalizer.name);
    return { do: "ack" };
  }

  async #isBrought(thing: string): Promise<boolean> {
    for (let after: string | undefined; ; ) {
      const bounds = { prefix: `${thing}/`, limit: pageSize, ...(after !== undefined && { after }) };
      const page = await this.#parts.store.list("feature", bounds);
      if (page.some(({ owner, status }) => owner === "board" && status?.indicator !== "unspecified")) return true;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return false;
      after = joinIds(thing, last.id);
    }
  }

  async failed(): Promise<Pick<Change, "puts" | "events">> {
    return {};
  }
}

const waits = ({ lifecycle }: ThingDocument): boolean =>
  lifecycle.desired === "deleted" && lifecycle.deleting.includes(boardFinalizer.name);
