import { Type } from "typebox";
import { AliasDocument, AliasIntent, RelationDocument, RelationIntent } from "../../twin/documents/relation-document.ts";
import { ListParameters, pageOf } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

export const AliasPage = pageOf("AliasPage", AliasDocument);
export const RelationPage = pageOf("RelationPage", RelationDocument);

const { network, key, value } = AliasIntent.properties;
const alias = {
  path: "/api/v1/aliases/{network}/{key}/{value}",
  tag: "aliases",
  params: Type.Object({ network, key, value }, { additionalProperties: false }),
} as const;
const relation = {
  path: "/api/v1/relations/{parent}/{name}/{child}",
  tag: "relations",
  params: Type.Object(RelationIntent.properties, { additionalProperties: false }),
} as const;

export const relationRoutes = {
  listAliases: {
    method: "GET",
    path: "/api/v1/aliases",
    permission: "alias:list",
    tag: "aliases",
    summary: "List aliases",
    query: ListParameters,
    answer: AliasPage,
  },
  createAlias: {
    method: "POST",
    path: "/api/v1/aliases",
    permission: "alias:create",
    tag: "aliases",
    summary: "Give a thing an external name",
    body: AliasIntent,
    answer: AliasDocument,
    status: 201,
    etag: "document",
    errors: ["EDGE_ALIAS_TAKEN"],
  },
  getAlias: {
    ...alias,
    method: "GET",
    permission: "alias:read",
    summary: "Find the thing of an external name",
    answer: AliasDocument,
    etag: "document",
  },
  deleteAlias: { ...alias, method: "DELETE", permission: "alias:delete", summary: "Take an external name away" },
  listRelations: {
    method: "GET",
    path: "/api/v1/relations",
    permission: "relation:list",
    tag: "relations",
    summary: "List relations",
    query: ListParameters,
    answer: RelationPage,
  },
  createRelation: {
    method: "POST",
    path: "/api/v1/relations",
    permission: "relation:create",
    tag: "relations",
    summary: "Relate two things, as in putting one into a group",
    body: RelationIntent,
    answer: RelationDocument,
    status: 201,
    etag: "document",
    errors: ["EDGE_ALREADY_EXISTS"],
  },
  getRelation: {
    ...relation,
    method: "GET",
    permission: "relation:read",
    summary: "Read a relation",
    answer: RelationDocument,
    etag: "document",
  },
  deleteRelation: { ...relation, method: "DELETE", permission: "relation:delete", summary: "Delete a relation" },
} as const satisfies RouteTable;
