import { membership } from "../../../shared/twin/documents/relation-document.ts";
import { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { CelEngine, CelPredicate } from "../../platform/cel/cel-engine.ts";

/** What a selector may begin with. */
export const groupFields = Object.keys(ThingDocument.properties);
const pageSize = 500;

/** Who is in a group: by relation, by selector, and in groups within. Found once for one question. */
export class GroupReach {
  readonly #store: GatewayStore;
  readonly #cel: CelEngine;
  readonly #inside = new Set<string>();
  readonly #groups: string[] = [];
  readonly #selectors: { readonly group: string; readonly picks: CelPredicate }[] = [];

  private constructor(store: GatewayStore, cel: CelEngine) {
    this.#store = store;
    this.#cel = cel;
  }

  /** Looks through the group and what is in it, downward. */
  static async of(store: GatewayStore, cel: CelEngine, group: string): Promise<GroupReach> {
    const reach = new GroupReach(store, cel);
    const queue = [group];
    const seen = new Set(queue);
    // What a selector picks may be a group, too, with members of its own: those are followed when they are met.
    for (const id of queue) {
      for (const child of await reach.#open(id)) {
        reach.#inside.add(child);
        if (seen.has(child)) continue;
        seen.add(child);
        queue.push(child);
      }
    }
    return reach;
  }

  has(thing: ThingDocument): boolean {
    return this.#inside.has(thing.id) || this.#selectors.some(({ group, picks }) => group !== thing.id && matches(picks, thing));
  }

  /** The members of one group that are to be looked into in turn. */
  async #open(id: string): Promise<readonly string[]> {
    const thing = await this.#store.get("thing", id);
    if (thing === undefined) return [];
    const children = await this.#children(id);
    if (thing.selector === undefined) return children;
    const picks = this.#cel.compile(thing.selector, { what: "selector", fields: groupFields });
    this.#selectors.push({ group: id, picks });
    return [...children, ...(await this.#groupsWithin(id, picks))];
  }

  async #children(parent: string): Promise<readonly string[]> {
    const prefix = `${parent}/${membership}/`;
    const children: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#store.list("relation", { prefix, limit: pageSize, ...(after !== undefined && { after }) });
      for (const { child } of page) children.push(child);
      after = page.at(-1)?.id;
      if (after === undefined || page.length < pageSize) return children;
    }
  }

  /** Groups, sites and others with members of their own that a selector picks. */
  async #groupsWithin(group: string, picks: CelPredicate): Promise<readonly string[]> {
    if (this.#groups.length === 0) await this.#findParents();
    const found = await this.#store.getMany("thing", this.#groups);
    return found.flatMap((thing) => (thing !== undefined && thing.id !== group && matches(picks, thing) ? [thing.id] : []));
  }

  async #findParents(): Promise<void> {
    for (let after: string | undefined; ; ) {
      const page = await this.#store.list("thing", { limit: pageSize, ...(after !== undefined && { after }) });
      for (const { id, kind } of page)
        if (kind === "group" || kind === "site" || kind === "gateway" || kind === "board") this.#groups.push(id);
      after = page.at(-1)?.id;
      if (after === undefined || page.length < pageSize) return;
    }
  }
}

/** A selector that makes no sense of a thing does not pick it. */
function matches(picks: CelPredicate, thing: ThingDocument): boolean {
  try {
    return picks(thing);
  } catch {
    return false;
  }
}
