import { StillReferenced } from "../../../shared/twin/documents/document-errors.ts";
import type { DocumentKind, DocumentKinds, GatewayStore } from "../../../shared/twin/store-ports.ts";

const pageSize = 500;

/** Finds what still names a document. */
export class References {
  readonly #store: GatewayStore;

  constructor(store: GatewayStore) {
    this.#store = store;
  }

  /** Every document of a kind, page by page. @param idOf the id under which it is kept */
  async *all<K extends DocumentKind>(
    kind: K,
    idOf: (document: DocumentKinds[K]) => string,
    prefix?: string,
  ): AsyncGenerator<DocumentKinds[K]> {
    const bounds = { limit: pageSize, ...(prefix !== undefined && { prefix }) };
    for (let after: string | undefined; ; ) {
      const page: readonly DocumentKinds[K][] = await this.#store.list(kind, { ...bounds, ...(after !== undefined && { after }) });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      after = idOf(last);
    }
  }

  /** @throws {StillReferenced} a thing or a feature follows the definition */
  async checkUnusedDefinition(id: string): Promise<void> {
    const [thing] = await this.#store.lookup("definition", id, { limit: 1 });
    if (thing !== undefined) throw new StillReferenced("definition", id, `thing ${thing}`);
    for await (const feature of this.all("feature", (one) => `${one.thing}/${one.id}`))
      if (feature.definition === id) throw new StillReferenced("definition", id, `feature ${feature.thing}/${feature.id}`);
  }

  /** A grant at one of these scopes, in words. */
  async grantOn(scopes: readonly string[]): Promise<string | undefined> {
    for await (const grant of this.all("grant", ({ id }) => id))
      if (scopes.includes(grant.scope)) return `the grant ${grant.id} of ${grant.principal}`;
    return undefined;
  }

  /** @throws {StillReferenced} a grant is at the thing, or it holds others */
  async checkUnusedThing(id: string, mayHold: boolean): Promise<void> {
    const grant = await this.grantOn([`thing:${id}`, `group:${id}`]);
    if (grant !== undefined) throw new StillReferenced("thing", id, grant);
    if (mayHold) return;
    const [relation] = await this.#store.list("relation", { prefix: `${id}/`, limit: 1 });
    if (relation !== undefined) throw new StillReferenced("thing", id, `relation ${relation.id}`);
  }
}
