import { Type } from "typebox";
import type { JsonObject } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { IfMatch, ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { AlreadyExists, FieldNotYours, NotFound, ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import { FeatureOfThing } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import { mergePatch } from "../../../shared/twin/merge-patch.ts";
import { checkTransitions } from "../../../shared/twin/resources/check-attribute.ts";
import { checkDesired } from "../../../shared/twin/resources/check-desired.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { checkFieldOwners, featureOwners } from "../../../shared/twin/resources/field-owners.ts";
import { isAskedAnew } from "../../../shared/twin/resources/is-asked-anew.ts";
import { partOf } from "../../../shared/twin/resources/wanted-value.ts";
import type { Draft } from "../../../shared/twin/store-ports.ts";
import { asJson } from "./as-json.ts";
import { checkHalf, type DefinitionRules } from "./definition-rules.ts";
import { checkRev } from "./document-writer.ts";
import { checkPatch, shaped } from "./resource-gate.ts";
import type { ResourceTools } from "./resource-parts.ts";
import { withReported } from "./with-reported.ts";

const { title, definition, desired, reported } = FeatureOfThing.properties;
/** What is said of a feature that people keep. */
const FeatureIntent = Type.Object({ title, definition, desired, reported }, { additionalProperties: false });
const fields = Object.keys(FeatureOfThing.properties);

/** Who may write a field is one thing; this is what it takes. */
const permissionOf = (field: string, owner: FeatureOfThing["owner"]): Permission => {
  if (field === "desired") return "feature.desired:update";
  if (field === "reported" || field === "traits") return owner === "user" ? "feature:update" : "feature.reported:update";
  return field === "title" || field === "definition" ? "feature:update" : "feature.status:update";
};

/** Features as people, boards and reconcilers see and change them. */
export class FeatureResources {
  readonly #tools: ResourceTools;
  readonly #rules: DefinitionRules;

  constructor(tools: ResourceTools, rules: DefinitionRules) {
    this.#tools = tools;
    this.#rules = rules;
  }

  async list(actor: Actor, { thing, ...query }: ListQuery & { readonly thing?: string }, stop: StopSignal): Promise<Page<FeatureOfThing>> {
    const { gate, lists, store } = this.#tools;
    if (thing !== undefined) {
      if ((await store.get("thing", thing)) === undefined) throw new NotFound("thing", thing);
      gate.read(actor, "feature:list", "thing", thing, { thing });
    }
    const sees = thing === undefined ? gate.sees(actor, "feature:list") : undefined;
    const visible = sees === undefined ? undefined : (feature: FeatureOfThing) => sees({ thing: feature.thing });
    const idOf = (feature: FeatureOfThing): string => joinIds(feature.thing, feature.id);
    const project = (feature: FeatureOfThing): FeatureOfThing => withReported(store.history, feature);
    const prefix = thing === undefined ? undefined : `${thing}/`;
    return lists.list({ kind: "feature", query, fields, idOf, project, visible, prefix }, stop);
  }

  async get(actor: Actor, thing: string, feature: string): Promise<FeatureOfThing> {
    const id = joinIds(thing, feature);
    const document = await this.#tools.store.get("feature", id);
    if (document === undefined) throw new NotFound("feature", id);
    this.#tools.gate.read(actor, "feature:read", "feature", id, { thing });
    return withReported(this.#tools.store.history, document);
  }

  create(actor: Actor, thing: string, feature: string, body: JsonObject): Promise<FeatureOfThing> {
    const { gate, store, writer } = this.#tools;
    const id = joinIds(thing, feature);
    const attempt = { action: "feature:create", kind: "feature", id };
    return gate.try(actor, attempt, async () => {
      const owner = await store.get("thing", thing);
      if (owner === undefined) throw new NotFound("thing", thing);
      gate.need(actor, "feature:create", { thing });
      checkPatch(`feature ${id}`, body);
      const intent = shaped(`feature ${id}`, FeatureIntent, body);
      if (intent.desired !== undefined) gate.need(actor, "feature.desired:update", { thing });
      const document: Draft<"feature"> = {
        ...intent,
        thing,
        id: feature,
        owner: "user",
        traits: {},
        desiredRev: intent.desired === undefined ? 0 : 1,
        observedRev: 0,
      };
      await this.#check(id, document, undefined);
      const made = await writer.write("feature", id, { actor, attempt }, async (now) => {
        if (now !== undefined) throw new AlreadyExists("feature", id);
        const host = await store.get("thing", thing);
        if (host === undefined) throw new NotFound("thing", thing);
        // The thing must still be there when this is kept.
        return { document, beside: { puts: [{ kind: "thing", id: thing, document: draftOf<"thing">(host), ifRev: host.rev }] } };
      });
      if (made === undefined) throw new NotFound("feature", id);
      return made;
    });
  }

  patch(actor: Actor, thing: string, feature: string, patch: JsonObject, { ifRev }: IfMatch): Promise<FeatureOfThing> {
    const { gate, store, writer } = this.#tools;
    const id = joinIds(thing, feature);
    const mask = Object.keys(patch);
    const attempt = { action: permissionOf(mask[0] ?? "desired", "board"), kind: "feature", id };
    return gate.try(actor, attempt, async () => {
      const patched = await writer.write("feature", id, { actor, attempt, mask, ifRev }, async (now) => {
        if (now === undefined) throw new NotFound("feature", id);
        checkFieldOwners(`feature ${id}`, featureOwners(now.owner), actor, patch);
        const permissions = mask.length === 0 ? [attempt.action] : mask.map((field) => permissionOf(field, now.owner));
        for (const permission of new Set(permissions)) gate.need(actor, permission, { thing });
        checkPatch(`feature ${id}`, patch);
        return { document: await this.#patched(id, now, patch) };
      });
      if (patched === undefined) throw new NotFound("feature", id);
      return withReported(store.history, patched);
    });
  }

  delete(actor: Actor, thing: string, feature: string, { ifRev }: IfMatch): Promise<void> {
    const { gate, store, writer } = this.#tools;
    const id = joinIds(thing, feature);
    const attempt = { action: "feature:delete", kind: "feature", id };
    return gate.try(actor, attempt, async () => {
      await writer.change(async () => {
        const now = await store.get("feature", id);
        if (now === undefined) throw new NotFound("feature", id);
        gate.need(actor, "feature:delete", { thing });
        if (ifRev !== undefined) checkRev("feature", id, ifRev, now.rev);
        if (now.owner === "board") throw new FieldNotYours(`feature ${id}`, "the board that brings it", "users");
        const audit = [auditDone(actor, attempt, { before: now.rev })];
        return { change: { actor: actor.id, deletes: [{ kind: "feature", id, ifRev: now.rev }], audit }, result: true };
      });
    });
  }

  /** Takes a feature out of its error: the same intent counts as a new one. */
  retry(actor: Actor, thing: string, feature: string): Promise<FeatureOfThing> {
    const { clock, gate, store, writer } = this.#tools;
    const id = joinIds(thing, feature);
    const attempt = { action: "feature.desired:update", kind: "feature", id };
    return gate.try(actor, attempt, async () => {
      const left = await writer.write("feature", id, { actor, attempt, mask: ["reconcile"] }, async (now) => {
        if (now === undefined) throw new NotFound("feature", id);
        gate.need(actor, "feature.desired:update", { thing });
        if (now.reconcile?.error === undefined) return undefined;
        const { reconcile: _reconcile, ...kept } = draftOf<"feature">(now);
        const status = { text: "will be tried again", indicator: "in_progress", at: clock.wall() } as const;
        return { document: { ...kept, status, desiredRev: now.rev + 1 } };
      });
      if (left === undefined) throw new NotFound("feature", id);
      return withReported(store.history, left);
    });
  }

  async #patched(id: string, now: FeatureOfThing, patch: JsonObject): Promise<Draft<"feature">> {
    const merged = shaped(`feature ${id}`, FeatureOfThing, mergePatch(asJson(now), patch));
    const next = draftOf<"feature">(merged);
    if (Object.hasOwn(patch, "definition") && next.definition !== undefined) await this.#rules.need(`feature ${id}`, next.definition);
    if (Object.hasOwn(patch, "desired") || Object.hasOwn(patch, "reported") || Object.hasOwn(patch, "definition"))
      await this.#check(id, next, now);
    const before = withReported(this.#tools.store.history, now);
    return Object.hasOwn(patch, "desired") && isAskedAnew(before, partOf(next.desired)) ? { ...next, desiredRev: now.rev + 1 } : next;
  }

  /** @throws {ResourceInvalid} {NotWritable} {TransitionIllegal} */
  async #check(id: string, next: Draft<"feature">, now: FeatureOfThing | undefined): Promise<void> {
    const what = `feature ${id}`;
    const wanted = partOf(next.desired);
    if (next.owner === "board" && wanted !== undefined) {
      const problems = [...checkDesired(next, wanted)];
      if (problems.length > 0) throw new ResourceInvalid(what, problems);
    }
    const attributes = await this.#rules.attributesOf(next);
    if (attributes.length === 0) return;
    checkHalf(what, "desired", wanted, attributes);
    if (next.owner === "user") checkHalf(what, "reported", partOf(next.reported), attributes);
    const seen = now === undefined ? undefined : withReported(this.#tools.store.history, now);
    checkTransitions(attributes, { before: partOf(seen?.desired), wanted, reported: partOf(seen?.reported) });
  }
}
