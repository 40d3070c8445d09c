import type { JsonObject } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { IfMatch, ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { DefinitionDocument, DefinitionIntent } from "../../../shared/twin/documents/definition-document.ts";
import { AlreadyExists, NotFound, StillReferenced } from "../../../shared/twin/documents/document-errors.ts";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";
import { checkDefinition } from "../../../shared/twin/resources/check-definition.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { checkFieldOwners, definitionOwners } from "../../../shared/twin/resources/field-owners.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { Draft } from "../../../shared/twin/store-ports.ts";
import { asJson } from "./as-json.ts";
import { checkRev } from "./document-writer.ts";
import type { References } from "./references.ts";
import { checkPatch, shaped } from "./resource-gate.ts";
import type { ResourceTools } from "./resource-parts.ts";

const fields = Object.keys(DefinitionDocument.properties);

/** Definitions: once a thing follows a version, its attributes stay as they are. */
export class DefinitionResources {
  readonly #tools: ResourceTools;
  readonly #references: References;

  constructor(tools: ResourceTools, references: References) {
    this.#tools = tools;
    this.#references = references;
  }

  list(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<DefinitionDocument>> {
    const sees = this.#tools.gate.sees(actor, "definition:list");
    const visible = sees === undefined ? undefined : ({ id }: DefinitionDocument) => sees({ definition: id });
    return this.#tools.lists.list({ kind: "definition", query, fields, idOf: ({ id }) => id, project: (one) => one, visible }, stop);
  }

  async get(actor: Actor, id: string): Promise<DefinitionDocument> {
    const definition = await this.#tools.store.get("definition", id);
    if (definition === undefined) throw new NotFound("definition", id);
    this.#tools.gate.read(actor, "definition:read", "definition", id, { definition: id });
    return definition;
  }

  create(actor: Actor, intent: DefinitionIntent): Promise<DefinitionDocument> {
    const { gate, writer } = this.#tools;
    const { id } = intent;
    const attempt = { action: "definition:create", kind: "definition", id };
    return gate.try(actor, attempt, async () => {
      gate.need(actor, "definition:create", { definition: id });
      const document = checked(id, asJson(intent));
      const made = await writer.write("definition", id, { actor, attempt }, async (now) => {
        if (now !== undefined) throw new AlreadyExists("definition", id);
        return { document };
      });
      if (made === undefined) throw new NotFound("definition", id);
      return made;
    });
  }

  patch(actor: Actor, id: string, patch: JsonObject, { ifRev }: IfMatch): Promise<DefinitionDocument> {
    const { gate, writer } = this.#tools;
    const attempt = { action: "definition:update", kind: "definition", id };
    return gate.try(actor, attempt, async () => {
      const patched = await writer.write("definition", id, { actor, attempt, mask: Object.keys(patch), ifRev }, async (now) => {
        if (now === undefined) throw new NotFound("definition", id);
        checkFieldOwners(`definition ${id}`, definitionOwners, actor, patch);
        gate.need(actor, "definition:update", { definition: id });
        checkPatch(`definition ${id}`, patch);
        const { kind: _kind, ...intent } = draftOf<"definition">(now);
        const document = checked(id, mergePatch(asJson(intent), patch));
        if (!sameJson(asJson({ all: document.attributes }), asJson({ all: now.attributes })))
          await this.#references.checkUnusedDefinition(id);
        return { document };
      });
      if (patched === undefined) throw new NotFound("definition", id);
      return patched;
    });
  }

  delete(actor: Actor, id: string, { ifRev }: IfMatch): Promise<void> {
    const { gate, store, writer } = this.#tools;
    const attempt = { action: "definition:delete", kind: "definition", id };
    return gate.try(actor, attempt, async () => {
      await writer.change(async () => {
        const now = await store.get("definition", id);
        if (now === undefined) throw new NotFound("definition", id);
        gate.need(actor, "definition:delete", { definition: id });
        if (ifRev !== undefined) checkRev("definition", id, ifRev, now.rev);
        await this.#references.checkUnusedDefinition(id);
        const grant = await this.#references.grantOn([`definition:${id}`]);
        if (grant !== undefined) throw new StillReferenced("definition", id, grant);
        const audit = [auditDone(actor, attempt, { before: now.rev })];
        return { change: { actor: actor.id, deletes: [{ kind: "definition", id, ifRev: now.rev }], audit }, result: true };
      });
    });
  }
}

function checked(id: string, given: JsonObject): Draft<"definition"> {
  const intent = shaped(`definition ${id}`, DefinitionIntent, given, checkDefinition);
  return { ...intent, kind: id.slice(0, id.indexOf(":")) };
}
