import { Type } from "typebox";
import { idPattern } from "../../base/id.ts";
import { definitionIdPattern } from "../../twin/documents/document-fields.ts";
import { FeatureOfThing } from "../../twin/documents/feature-of-thing-document.ts";
import { ListParameters, orNull, pageOf, ThingParameter } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "features";
const Part = Type.Record(Type.String(), Type.Unknown());
const Title = Type.String({ maxLength: 128 });
export const FeaturePage = pageOf("FeaturePage", FeatureOfThing);
export const FeatureParameters = Type.Object(
  { thing: Type.String({ pattern: idPattern }), feature: Type.String({ pattern: idPattern }) },
  { additionalProperties: false },
);

/** What is said of a feature that people keep. */
export const FeatureIntent = Type.Object(
  {
    title: Type.Optional(Title),
    definition: Type.Optional(Type.String({ pattern: definitionIdPattern })),
    desired: Type.Optional(Part),
    reported: Type.Optional(Part),
  },
  { $id: "FeatureIntent", additionalProperties: false },
);

/** Merge patch of a feature: one half that is not the asker's refuses all. */
export const FeaturePatch = Type.Object(
  {
    desired: orNull(Part),
    reported: orNull(Part),
    status: orNull(Part),
    title: orNull(Title),
    definition: orNull(Type.String({ pattern: definitionIdPattern })),
  },
  { $id: "FeaturePatch", minProperties: 1 },
);

const one = { path: "/api/v1/things/{thing}/features/{feature}", tag, params: FeatureParameters } as const;

export const featureRoutes = {
  listFeatures: {
    method: "GET",
    path: "/api/v1/features",
    permission: "feature:list",
    tag,
    summary: "List features of all things",
    query: ListParameters,
    answer: FeaturePage,
  },
  listFeaturesOfThing: {
    method: "GET",
    path: "/api/v1/things/{thing}/features",
    permission: "feature:list",
    tag,
    summary: "List the features of a thing",
    params: ThingParameter,
    query: ListParameters,
    answer: FeaturePage,
  },
  getFeature: {
    ...one,
    method: "GET",
    permission: "feature:read",
    summary: "Read a feature",
    description:
      "What boards sample is reported as value, quality, source and received; it changes without a revision, so If-None-Match never holds.",
    answer: FeatureOfThing,
    etag: "changing",
  },
  createFeature: {
    ...one,
    method: "POST",
    permission: "feature:create",
    summary: "Make a feature that people keep",
    body: FeatureIntent,
    answer: FeatureOfThing,
    status: 201,
    etag: "changing",
    errors: ["EDGE_ALREADY_EXISTS"],
  },
  patchFeature: {
    ...one,
    method: "PATCH",
    permission: "feature.desired:update",
    summary: "Change a feature, as in desired",
    description: "Users write desired, boards reported, reconcilers status. Nothing is applied when one part is refused.",
    body: FeaturePatch,
    bodyForm: "mergePatch",
    answer: FeatureOfThing,
    etag: "changing",
    errors: ["EDGE_FIELD_NOT_YOURS", "EDGE_TRANSITION_ILLEGAL"],
  },
  deleteFeature: { ...one, method: "DELETE", permission: "feature:delete", summary: "Delete a feature that people keep", ifMatch: true },
  retryFeature: {
    method: "POST",
    path: "/api/v1/things/{thing}/features/{feature}/retry",
    permission: "feature.desired:update",
    tag,
    summary: "Take a feature out of its error",
    description: "The reconciler begins anew.",
    params: FeatureParameters,
    answer: FeatureOfThing,
    status: 200,
    etag: "changing",
  },
} as const satisfies RouteTable;
