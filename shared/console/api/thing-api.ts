import { Type } from "typebox";
import { ThingDocument, ThingIntent } from "../../twin/documents/thing-document.ts";
import { ListParameters, orNull, pageOf, ThingParameter } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "things";
export const ThingPage = pageOf("ThingPage", ThingDocument);

/** Merge patch of a thing. */
export const ThingPatch = Type.Object(
  {
    name: orNull(ThingIntent.properties.name),
    description: orNull(ThingIntent.properties.description),
    definition: orNull(ThingIntent.properties.definition),
    labels: orNull(Type.Record(Type.String(), Type.Union([Type.String({ maxLength: 128 }), Type.Null()]))),
    selector: orNull(ThingIntent.properties.selector),
  },
  { $id: "ThingPatch", minProperties: 1 },
);

export const thingRoutes = {
  listThings: {
    method: "GET",
    path: "/api/v1/things",
    permission: "thing:list",
    tag,
    summary: "List things",
    query: ListParameters,
    answer: ThingPage,
  },
  createThing: {
    method: "POST",
    path: "/api/v1/things",
    permission: "thing:create",
    tag,
    summary: "Make a thing, a group or a site",
    body: ThingIntent,
    answer: ThingDocument,
    status: 201,
    etag: "document",
    errors: ["EDGE_ALREADY_EXISTS"],
  },
  getThing: {
    method: "GET",
    path: "/api/v1/things/{thing}",
    permission: "thing:read",
    tag,
    summary: "Read a thing",
    params: ThingParameter,
    answer: ThingDocument,
    etag: "document",
  },
  patchThing: {
    method: "PATCH",
    path: "/api/v1/things/{thing}",
    permission: "thing:update",
    tag,
    summary: "Change a thing",
    params: ThingParameter,
    body: ThingPatch,
    bodyForm: "mergePatch",
    answer: ThingDocument,
    etag: "document",
    errors: ["EDGE_FIELD_NOT_YOURS"],
  },
  deleteThing: {
    method: "DELETE",
    path: "/api/v1/things/{thing}",
    permission: "thing:delete",
    tag,
    summary: "Delete a thing",
    description:
      "At once, answered by 204; or in two phases for what a board brings, answered by what is left of it. `force` skips the second phase and needs an admin.",
    params: ThingParameter,
    query: Type.Object({ force: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
    answer: ThingDocument,
    status: 202,
    etag: "document",
    errors: ["EDGE_STILL_REFERENCED"],
  },
  listMembers: {
    method: "GET",
    path: "/api/v1/things/{thing}/members",
    permission: "thing:list",
    tag,
    summary: "List the things in a group or site",
    params: ThingParameter,
    query: ListParameters,
    answer: ThingPage,
  },
} as const satisfies RouteTable;
