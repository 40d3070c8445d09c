import type { JsonObject } from "../../../shared/base/json.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { CommandSender, IfMatch, ListQuery, Page, Resources } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { ArtifactDocument } from "../../../shared/twin/documents/artifact-document.ts";
import type { DefinitionDocument, DefinitionIntent } from "../../../shared/twin/documents/definition-document.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import type { FeatureOfThing } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import type { OperationDocument, OperationIntent } from "../../../shared/twin/documents/operation-document.ts";
import type { AliasDocument, AliasIntent, RelationDocument, RelationIntent } from "../../../shared/twin/documents/relation-document.ts";
import type { ThingDocument, ThingIntent } from "../../../shared/twin/documents/thing-document.ts";
import { ListEngine } from "../../platform/lists/list-engine.ts";
import { AliasResources } from "./alias-resources.ts";
import { ArtifactResources } from "./artifact-resources.ts";
import { CommandDispatch } from "./command-dispatch.ts";
import { DefinitionResources } from "./definition-resources.ts";
import { DefinitionRules } from "./definition-rules.ts";
import { DocumentWriter } from "./document-writer.ts";
import { FeatureResources } from "./feature-resources.ts";
import { GroupReach } from "./group-members.ts";
import { OperationExecutors } from "./operation-executors.ts";
import { OperationKeeper } from "./operation-keeper.ts";
import { OperationResources } from "./operation-resources.ts";
import { OperationRunner } from "./operation-runner.ts";
import { References } from "./references.ts";
import { RelationResources } from "./relation-resources.ts";
import { ResourceGate } from "./resource-gate.ts";
import type { ResourceParts, ResourceTools } from "./resource-parts.ts";
import { ThingRemoval } from "./thing-removal.ts";
import { ThingResources } from "./thing-resources.ts";

export interface StoreResourcesParts extends ResourceParts {
  readonly sender: CommandSender;
}

/** The documents of the store as {@link Resources}. */
export class StoreResources implements Resources, MetricSource, AsyncDisposable {
  /** Who carries out operations that no board does; register before {@link resume}. */
  readonly executors = new OperationExecutors();
  /** Commands to boards, for whoever else has some. */
  readonly dispatch: CommandDispatch;
  /** Two-phase removal, for whoever has to clean up. */
  readonly removal: ThingRemoval;
  /** What definitions say, for reconcilers. */
  readonly rules: DefinitionRules;
  readonly #tools: ResourceTools;
  readonly #things: ThingResources;
  readonly #features: FeatureResources;
  readonly #definitions: DefinitionResources;
  readonly #aliases: AliasResources;
  readonly #relations: RelationResources;
  readonly #operations: OperationResources;
  readonly #artifacts: ArtifactResources;
  readonly #runner: OperationRunner;
  readonly #keeper: OperationKeeper;

  private constructor(parts: StoreResourcesParts) {
    const { access, clock, log, refusals, sender, store } = parts;
    const gate = new ResourceGate({ access, refusals });
    const tools: ResourceTools = { ...parts, gate, writer: new DocumentWriter(store), lists: new ListEngine(parts) };
    const references = new References(store);
    this.#tools = tools;
    this.rules = new DefinitionRules(store);
    this.dispatch = new CommandDispatch({ store, sender });
    this.removal = new ThingRemoval(tools, references);
    this.#runner = new OperationRunner({ store, executors: this.executors, clock, log });
    this.#keeper = OperationKeeper.open({ store, dispatch: this.dispatch, clock, log });
    this.#things = new ThingResources(tools, this.rules);
    this.#features = new FeatureResources(tools, this.rules);
    this.#definitions = new DefinitionResources(tools, references);
    this.#aliases = new AliasResources(tools);
    this.#relations = new RelationResources(tools);
    this.#operations = new OperationResources({ tools, rules: this.rules, dispatch: this.dispatch, runner: this.#runner });
    this.#artifacts = new ArtifactResources(tools);
  }

  static open(parts: StoreResourcesParts): StoreResources {
    return new StoreResources(parts);
  }

  /** Takes up operations of an earlier run, when their executors are registered. */
  resume(): Promise<void> {
    return this.#runner.resume();
  }

  async close(): Promise<void> {
    await this.#keeper.close();
    await this.#runner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  metrics(): readonly Metric[] {
    return this.#keeper.metrics();
  }

  listThings(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<ThingDocument>> {
    return this.#things.list(actor, query, stop);
  }
  getThing(actor: Actor, id: string): Promise<ThingDocument> {
    return this.#things.get(actor, id);
  }
  createThing(actor: Actor, intent: ThingIntent): Promise<ThingDocument> {
    return this.#things.create(actor, intent);
  }
  patchThing(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<ThingDocument> {
    return this.#things.patch(actor, id, patch, when);
  }
  deleteThing(actor: Actor, id: string, when: IfMatch & { readonly force?: boolean }): Promise<ThingDocument | undefined> {
    return this.removal.delete(actor, id, when);
  }

  listFeatures(actor: Actor, query: ListQuery & { readonly thing?: string }, stop: StopSignal): Promise<Page<FeatureOfThing>> {
    return this.#features.list(actor, query, stop);
  }
  getFeature(actor: Actor, thing: string, feature: string): Promise<FeatureOfThing> {
    return this.#features.get(actor, thing, feature);
  }
  createFeature(actor: Actor, thing: string, feature: string, body: JsonObject): Promise<FeatureOfThing> {
    return this.#features.create(actor, thing, feature, body);
  }
  patchFeature(actor: Actor, thing: string, feature: string, patch: JsonObject, when: IfMatch): Promise<FeatureOfThing> {
    return this.#features.patch(actor, thing, feature, patch, when);
  }
  deleteFeature(actor: Actor, thing: string, feature: string, when: IfMatch): Promise<void> {
    return this.#features.delete(actor, thing, feature, when);
  }
  retryFeature(actor: Actor, thing: string, feature: string): Promise<FeatureOfThing> {
    return this.#features.retry(actor, thing, feature);
  }

  listDefinitions(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<DefinitionDocument>> {
    return this.#definitions.list(actor, query, stop);
  }
  getDefinition(actor: Actor, id: string): Promise<DefinitionDocument> {
    return this.#definitions.get(actor, id);
  }
  createDefinition(actor: Actor, intent: DefinitionIntent): Promise<DefinitionDocument> {
    return this.#definitions.create(actor, intent);
  }
  patchDefinition(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<DefinitionDocument> {
    return this.#definitions.patch(actor, id, patch, when);
  }
  deleteDefinition(actor: Actor, id: string, when: IfMatch): Promise<void> {
    return this.#definitions.delete(actor, id, when);
  }

  listAliases(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<AliasDocument>> {
    return this.#aliases.list(actor, query, stop);
  }
  getAlias(actor: Actor, id: string): Promise<AliasDocument> {
    return this.#aliases.get(actor, id);
  }
  createAlias(actor: Actor, intent: AliasIntent): Promise<AliasDocument> {
    return this.#aliases.create(actor, intent);
  }
  deleteAlias(actor: Actor, id: string): Promise<void> {
    return this.#aliases.delete(actor, id);
  }

  listRelations(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<RelationDocument>> {
    return this.#relations.list(actor, query, stop);
  }
  getRelation(actor: Actor, id: string): Promise<RelationDocument> {
    return this.#relations.get(actor, id);
  }
  createRelation(actor: Actor, intent: RelationIntent): Promise<RelationDocument> {
    return this.#relations.create(actor, intent);
  }
  deleteRelation(actor: Actor, id: string): Promise<void> {
    return this.#relations.delete(actor, id);
  }

  async members(actor: Actor, group: string, query: ListQuery, stop: StopSignal): Promise<Page<ThingDocument>> {
    const { cel, gate, store } = this.#tools;
    if ((await store.get("thing", group)) === undefined) throw new NotFound("thing", group);
    gate.read(actor, "thing:read", "thing", group, { thing: group });
    const reach = await GroupReach.of(store, cel, group);
    return this.#things.list(actor, query, stop, (thing) => reach.has(thing));
  }

  listOperations(
    actor: Actor,
    query: ListQuery & { readonly thing?: string; readonly state?: string },
    stop: StopSignal,
  ): Promise<Page<OperationDocument>> {
    return this.#operations.list(actor, query, stop);
  }
  getOperation(actor: Actor, id: string): Promise<OperationDocument> {
    return this.#operations.get(actor, id);
  }
  createOperation(actor: Actor, intent: OperationIntent): Promise<OperationDocument> {
    return this.#operations.create(actor, intent);
  }
  cancelOperation(actor: Actor, id: string): Promise<OperationDocument> {
    return this.#operations.cancel(actor, id);
  }

  listArtifacts(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<ArtifactDocument>> {
    return this.#artifacts.list(actor, query, stop);
  }
  getArtifact(actor: Actor, id: string): Promise<ArtifactDocument> {
    return this.#artifacts.get(actor, id);
  }
}
