import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { AlreadyExists, NotFound } from "../../../shared/twin/documents/document-errors.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import { AliasDocument, AliasIntent } from "../../../shared/twin/documents/relation-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { DuplicateAlias } from "../../../shared/twin/store-errors.ts";
import { asJson } from "./as-json.ts";
import { shaped } from "./resource-gate.ts";
import type { ResourceTools } from "./resource-parts.ts";

const fields = Object.keys(AliasDocument.properties);

/** External names of things; one name is one thing's. */
export class AliasResources {
  readonly #tools: ResourceTools;

  constructor(tools: ResourceTools) {
    this.#tools = tools;
  }

  list(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<AliasDocument>> {
    const sees = this.#tools.gate.sees(actor, "alias:list");
    const visible = sees === undefined ? undefined : ({ thing }: AliasDocument) => sees({ thing });
    return this.#tools.lists.list({ kind: "alias", query, fields, idOf: ({ id }) => id, project: (one) => one, visible }, stop);
  }

  async get(actor: Actor, id: string): Promise<AliasDocument> {
    const alias = await this.#tools.store.get("alias", id);
    if (alias === undefined) throw new NotFound("alias", id);
    this.#tools.gate.read(actor, "alias:read", "alias", id, { thing: alias.thing });
    return alias;
  }

  create(actor: Actor, given: AliasIntent): Promise<AliasDocument> {
    const { gate, store, writer } = this.#tools;
    const id = joinIds(given.network, given.key, given.value);
    const attempt = { action: "alias:create", kind: "alias", id };
    return gate.try(actor, attempt, async () => {
      const intent = shaped(`alias ${id}`, AliasIntent, asJson(given));
      const made = await writer.write("alias", id, { actor, attempt }, async (now) => {
        const thing = await store.get("thing", intent.thing);
        if (thing === undefined) throw new NotFound("thing", intent.thing);
        gate.need(actor, "alias:create", { thing: intent.thing });
        if (now?.thing === intent.thing) throw new AlreadyExists("alias", id);
        if (now !== undefined) throw new DuplicateAlias(id, now.thing);
        const still = { kind: "thing", id: thing.id, document: draftOf<"thing">(thing), ifRev: thing.rev } as const;
        return { document: { id, ...intent }, beside: { puts: [still] } };
      });
      if (made === undefined) throw new NotFound("alias", id);
      return made;
    });
  }

  delete(actor: Actor, id: string): Promise<void> {
    const { gate, store, writer } = this.#tools;
    const attempt = { action: "alias:delete", kind: "alias", id };
    return gate.try(actor, attempt, async () => {
      await writer.change(async () => {
        const now = await store.get("alias", id);
        if (now === undefined) throw new NotFound("alias", id);
        gate.need(actor, "alias:delete", { thing: now.thing });
        const audit = [auditDone(actor, attempt, { before: now.rev })];
        return { change: { actor: actor.id, deletes: [{ kind: "alias", id, ifRev: now.rev }], audit }, result: true };
      });
    });
  }
}
