import { Type } from "typebox";
import { DefinitionDocument, DefinitionIntent } from "../../twin/documents/definition-document.ts";
import { ListParameters, orNull, pageOf } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "definitions";
export const DefinitionPage = pageOf("DefinitionPage", DefinitionDocument);

/** Merge patch of a definition that nothing follows yet; titles and descriptions may change always. */
export const DefinitionPatch = Type.Object(
  {
    title: orNull(DefinitionIntent.properties.title),
    description: orNull(DefinitionIntent.properties.description),
    attributes: Type.Optional(DefinitionIntent.properties.attributes),
  },
  { $id: "DefinitionPatch", minProperties: 1 },
);

const one = {
  path: "/api/v1/definitions/{id}",
  tag,
  params: Type.Object({ id: DefinitionIntent.properties.id }, { additionalProperties: false }),
} as const;

export const definitionRoutes = {
  listDefinitions: {
    method: "GET",
    path: "/api/v1/definitions",
    permission: "definition:list",
    tag,
    summary: "List definitions",
    query: ListParameters,
    answer: DefinitionPage,
  },
  createDefinition: {
    method: "POST",
    path: "/api/v1/definitions",
    permission: "definition:create",
    tag,
    summary: "Make a definition",
    body: DefinitionIntent,
    answer: DefinitionDocument,
    status: 201,
    etag: "document",
    errors: ["EDGE_ALREADY_EXISTS"],
  },
  getDefinition: {
    ...one,
    method: "GET",
    permission: "definition:read",
    summary: "Read a definition",
    answer: DefinitionDocument,
    etag: "document",
  },
  patchDefinition: {
    ...one,
    method: "PATCH",
    permission: "definition:update",
    summary: "Change a definition",
    body: DefinitionPatch,
    bodyForm: "mergePatch",
    answer: DefinitionDocument,
    etag: "document",
    errors: ["EDGE_STILL_REFERENCED"],
  },
  deleteDefinition: {
    ...one,
    method: "DELETE",
    permission: "definition:delete",
    summary: "Delete a definition that nothing follows",
    ifMatch: true,
    errors: ["EDGE_STILL_REFERENCED"],
  },
} as const satisfies RouteTable;
