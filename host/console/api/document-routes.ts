import { isJsonObject, type JsonObject } from "../../../shared/base/json.ts";
import type { definitionRoutes } from "../../../shared/console/api/definition-api.ts";
import type { featureRoutes } from "../../../shared/console/api/feature-api.ts";
import type { operationRoutes } from "../../../shared/console/api/operation-api.ts";
import type { relationRoutes } from "../../../shared/console/api/relation-api.ts";
import type { thingRoutes } from "../../../shared/console/api/thing-api.ts";
import type { Resources } from "../../../shared/console/gateway-ports.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { Handlers } from "./api-call.ts";
import { listQuery } from "./list-query.ts";

/** A body that its schema says is an object. */
export const asObject = (body: unknown): JsonObject => (isJsonObject(body) ? body : {});

export function thingHandlers(resources: Resources): Handlers<typeof thingRoutes> {
  return {
    listThings: (call, { query }) => resources.listThings(call.actor, listQuery(query), call.stop),
    createThing: (call, { body }) => resources.createThing(call.actor, body),
    getThing: (call, { params }) => resources.getThing(call.actor, params.thing),
    patchThing: (call, { params, body }) => resources.patchThing(call.actor, params.thing, asObject(body), call.when),
    deleteThing: (call, { params, query }) =>
      resources.deleteThing(call.actor, params.thing, { ...call.when, ...(query.force !== undefined && { force: query.force }) }),
    listMembers: (call, { params, query }) => resources.members(call.actor, params.thing, listQuery(query), call.stop),
  };
}

export function featureHandlers(resources: Resources): Handlers<typeof featureRoutes> {
  return {
    listFeatures: (call, { query }) => resources.listFeatures(call.actor, listQuery(query), call.stop),
    listFeaturesOfThing: (call, { params, query }) =>
      resources.listFeatures(call.actor, { ...listQuery(query), thing: params.thing }, call.stop),
    getFeature: (call, { params }) => resources.getFeature(call.actor, params.thing, params.feature),
    createFeature: (call, { params, body }) => resources.createFeature(call.actor, params.thing, params.feature, asObject(body)),
    patchFeature: (call, { params, body }) => resources.patchFeature(call.actor, params.thing, params.feature, asObject(body), call.when),
    deleteFeature: (call, { params }) => resources.deleteFeature(call.actor, params.thing, params.feature, call.when),
    retryFeature: (call, { params }) => resources.retryFeature(call.actor, params.thing, params.feature),
  };
}

export function definitionHandlers(resources: Resources): Handlers<typeof definitionRoutes> {
  return {
    listDefinitions: (call, { query }) => resources.listDefinitions(call.actor, listQuery(query), call.stop),
    createDefinition: (call, { body }) => resources.createDefinition(call.actor, body),
    getDefinition: (call, { params }) => resources.getDefinition(call.actor, params.id),
    patchDefinition: (call, { params, body }) => resources.patchDefinition(call.actor, params.id, asObject(body), call.when),
    deleteDefinition: (call, { params }) => resources.deleteDefinition(call.actor, params.id, call.when),
  };
}

export function relationHandlers(resources: Resources): Handlers<typeof relationRoutes> {
  return {
    listAliases: (call, { query }) => resources.listAliases(call.actor, listQuery(query), call.stop),
    createAlias: (call, { body }) => resources.createAlias(call.actor, body),
    getAlias: (call, { params: { network, key, value } }) => resources.getAlias(call.actor, joinIds(network, key, value)),
    deleteAlias: (call, { params: { network, key, value } }) => resources.deleteAlias(call.actor, joinIds(network, key, value)),
    listRelations: (call, { query }) => resources.listRelations(call.actor, listQuery(query), call.stop),
    createRelation: (call, { body }) => resources.createRelation(call.actor, body),
    getRelation: (call, { params: { parent, name, child } }) => resources.getRelation(call.actor, joinIds(parent, name, child)),
    deleteRelation: (call, { params: { parent, name, child } }) => resources.deleteRelation(call.actor, joinIds(parent, name, child)),
  };
}

export function operationHandlers(resources: Resources): Handlers<typeof operationRoutes> {
  return {
    listOperations: (call, { query }) =>
      resources.listOperations(
        call.actor,
        {
          ...listQuery(query),
          ...(query.thing !== undefined && { thing: query.thing }),
          ...(query.state !== undefined && { state: query.state }),
        },
        call.stop,
      ),
    createOperation: (call, { body }) => resources.createOperation(call.actor, body),
    getOperation: (call, { params }) => resources.getOperation(call.actor, params.id),
    cancelOperation: (call, { params }) => resources.cancelOperation(call.actor, params.id),
  };
}
