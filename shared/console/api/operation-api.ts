import { Type } from "typebox";
import { idPattern } from "../../base/id.ts";
import { OperationDocument, OperationIntent } from "../../twin/documents/operation-document.ts";
import { IdParameter, listMembers, pageOf } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "operations";
export const OperationPage = pageOf("OperationPage", OperationDocument);

export const operationRoutes = {
  listOperations: {
    method: "GET",
    path: "/api/v1/operations",
    permission: "operation:list",
    tag,
    summary: "List operations",
    query: Type.Object(
      {
        ...listMembers,
        thing: Type.Optional(Type.String({ pattern: idPattern, description: "its target" })),
        state: Type.Optional(OperationDocument.properties.state),
      },
      { additionalProperties: false },
    ),
    answer: OperationPage,
  },
  createOperation: {
    method: "POST",
    path: "/api/v1/operations",
    permission: "operation:create",
    tag,
    summary: "Have something done once",
    description: "The same idempotencyKey with the same input gives the operation that is there already.",
    body: OperationIntent,
    answer: OperationDocument,
    status: 201,
    etag: "document",
  },
  getOperation: {
    method: "GET",
    path: "/api/v1/operations/{id}",
    permission: "operation:read",
    tag,
    summary: "Read an operation",
    params: IdParameter,
    answer: OperationDocument,
    etag: "document",
  },
  cancelOperation: {
    method: "POST",
    path: "/api/v1/operations/{id}/cancel",
    permission: "operation:update",
    tag,
    summary: "Give an operation up",
    params: IdParameter,
    answer: OperationDocument,
    status: 200,
    etag: "document",
  },
} as const satisfies RouteTable;
