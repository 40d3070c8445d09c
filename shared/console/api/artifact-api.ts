import { Type } from "typebox";
import { ArtifactDocument } from "../../twin/documents/artifact-document.ts";
import { IdParameter, ListParameters, pageOf } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "artifacts";
export const ArtifactPage = pageOf("ArtifactPage", ArtifactDocument);
const one = { path: "/api/v1/artifacts/{id}", tag, params: IdParameter } as const;

export const artifactRoutes = {
  listArtifacts: {
    method: "GET",
    path: "/api/v1/artifacts",
    permission: "artifact:list",
    tag,
    summary: "List artifacts",
    query: ListParameters,
    answer: ArtifactPage,
  },
  createArtifact: {
    method: "POST",
    path: "/api/v1/artifacts",
    permission: "artifact:create",
    everywhere: true,
    tag,
    summary: "Upload bytes",
    description: "The same bytes again give the artifact that is there already, under its first name.",
    query: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 255, pattern: "^[^\\u0000-\\u001f\\u007f/\\\\]+$", description: "name of the file" }),
        mediaType: Type.Optional(
          Type.String({
            maxLength: 128,
            pattern: "^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$",
            description: "default application/octet-stream",
          }),
        ),
      },
      { additionalProperties: false },
    ),
    body: Type.Unknown(),
    bodyForm: "bytes",
    answer: ArtifactDocument,
    status: 201,
    etag: "document",
    errors: ["EDGE_ARTIFACT_TOO_LARGE", "EDGE_ARTIFACT_SPACE_FULL"],
  },
  getArtifact: {
    ...one,
    method: "GET",
    permission: "artifact:read",
    summary: "Read what is known of an artifact",
    answer: ArtifactDocument,
    etag: "document",
  },
  deleteArtifact: {
    ...one,
    method: "DELETE",
    permission: "artifact:delete",
    everywhere: true,
    summary: "Delete an artifact",
    ifMatch: true,
  },
  downloadArtifact: {
    method: "GET",
    path: "/api/v1/artifacts/{id}/content",
    permission: "artifact:read",
    tag,
    summary: "Download an artifact",
    params: IdParameter,
    produces: "application/octet-stream",
  },
} as const satisfies RouteTable;
