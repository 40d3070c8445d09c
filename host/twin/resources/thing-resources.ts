import type { JsonObject } from "../../../shared/base/json.ts";
import type { Problem } from "../../../shared/base/problem.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { IfMatch, ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { AlreadyExists, NotFound } from "../../../shared/twin/documents/document-errors.ts";
import { ThingDocument, ThingIntent } from "../../../shared/twin/documents/thing-document.ts";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { checkFieldOwners, thingOwners } from "../../../shared/twin/resources/field-owners.ts";
import type { Draft } from "../../../shared/twin/store-ports.ts";
import { asJson } from "./as-json.ts";
import type { DefinitionRules } from "./definition-rules.ts";
import { groupFields } from "./group-members.ts";
import { checkPatch, shaped } from "./resource-gate.ts";
import type { ResourceTools } from "./resource-parts.ts";

const fields = Object.keys(ThingDocument.properties);
const alive = { desired: "present", reported: "present", deleting: [] } satisfies ThingDocument["lifecycle"];

/** Things as people see and make them. */
export class ThingResources {
  readonly #tools: ResourceTools;
  readonly #rules: DefinitionRules;

  constructor(tools: ResourceTools, rules: DefinitionRules) {
    this.#tools = tools;
    this.#rules = rules;
  }

  /** @param members only these */
  list(actor: Actor, query: ListQuery, stop: StopSignal, members?: (thing: ThingDocument) => boolean): Promise<Page<ThingDocument>> {
    const sees = this.#tools.gate.sees(actor, "thing:list");
    const visible =
      sees === undefined && members === undefined
        ? undefined
        : (thing: ThingDocument) => (members === undefined || members(thing)) && (sees === undefined || sees({ thing: thing.id }));
    return this.#tools.lists.list({ kind: "thing", query, fields, idOf: ({ id }) => id, project: (thing) => thing, visible }, stop);
  }

  async get(actor: Actor, id: string): Promise<ThingDocument> {
    const thing = await this.#tools.store.get("thing", id);
    if (thing === undefined) throw new NotFound("thing", id);
    this.#tools.gate.read(actor, "thing:read", "thing", id, { thing: id });
    return thing;
  }

  create(actor: Actor, intent: ThingIntent): Promise<ThingDocument> {
    const { gate, writer } = this.#tools;
    const attempt = { action: "thing:create", kind: "thing", id: intent.id };
    return gate.try(actor, attempt, async () => {
      const { id, definition } = intent;
      gate.need(actor, "thing:create", { thing: id, ...(definition !== undefined && { definition }) });
      if (intent.selector !== undefined) gate.need(actor, "thing:create");
      const document = await this.#checked(`thing ${id}`, asJson(intent));
      const made = await writer.write("thing", id, { actor, attempt }, async (now) => {
        if (now !== undefined) throw new AlreadyExists("thing", id);
        return { document };
      });
      if (made === undefined) throw new NotFound("thing", id);
      return made;
    });
  }

  patch(actor: Actor, id: string, patch: JsonObject, { ifRev }: IfMatch): Promise<ThingDocument> {
    const { gate, writer } = this.#tools;
    const attempt = { action: "thing:update", kind: "thing", id };
    const writing = { actor, attempt, mask: Object.keys(patch), ifRev };
    return gate.try(actor, attempt, async () => {
      const patched = await writer.write("thing", id, writing, async (now) => {
        if (now === undefined) throw new NotFound("thing", id);
        checkFieldOwners(`thing ${id}`, thingOwners, actor, patch);
        gate.need(actor, "thing:update", { thing: id });
        checkPatch(`thing ${id}`, patch);
        return { document: await this.#patched(actor, now, patch) };
      });
      if (patched === undefined) throw new NotFound("thing", id);
      return patched;
    });
  }

  async #patched(actor: Actor, now: ThingDocument, patch: JsonObject): Promise<Draft<"thing">> {
    const { id, kind, name, description, definition, labels, selector } = now;
    const intent = mergePatch(
      asJson({
        id,
        kind,
        name,
        labels,
        ...(description !== undefined && { description }),
        ...(definition !== undefined && { definition }),
        ...(selector !== undefined && { selector }),
      }),
      patch,
    );
    const wanted: Draft<"thing"> = await this.#checked(`thing ${id}`, intent);
    // Who moves a thing to where others reign must be one of them.
    if (wanted.definition !== definition && wanted.definition !== undefined)
      this.#tools.gate.need(actor, "thing:update", { thing: id, definition: wanted.definition });
    if (wanted.selector !== selector) this.#tools.gate.need(actor, "thing:update");
    if (wanted.definition !== definition) await this.#rules.checkThing(id, wanted.definition);
    const { board, lifecycle } = draftOf<"thing">(now);
    return { ...wanted, lifecycle, ...(board !== undefined && { board }) };
  }

  async #checked(what: string, given: JsonObject): Promise<Draft<"thing">> {
    const intent = shaped(what, ThingIntent, given, ({ kind, selector }) => this.#selectorProblems(kind, selector));
    const { id, kind = "device", name = id, description, definition, labels = {}, selector } = intent;
    if (definition !== undefined) await this.#rules.need(what, definition);
    return {
      id,
      kind,
      name,
      labels,
      lifecycle: alive,
      ...(description !== undefined && { description }),
      ...(definition !== undefined && { definition }),
      ...(selector !== undefined && { selector }),
    };
  }

  *#selectorProblems(kind: string | undefined, selector: string | undefined): Generator<Problem> {
    if (selector === undefined) return;
    if (kind !== "group" && kind !== "site")
      yield { path: "/selector", message: `is given for a ${kind ?? "device"}`, expected: "a selector for groups and sites only" };
    this.#tools.cel.compile(selector, { what: "selector", fields: groupFields });
  }
}
