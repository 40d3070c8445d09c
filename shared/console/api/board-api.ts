import { Type } from "typebox";
import { BoardIntent, BoardView, fingerprintPattern } from "../../twin/documents/board-document.ts";
import { IdParameter, ListParameters, orNull, pageOf } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "boards";
export const BoardPage = pageOf("BoardPage", BoardView);

/** Merge patch of a board. */
export const BoardPatch = Type.Object(
  {
    name: orNull(BoardIntent.properties.name),
    address: orNull(BoardIntent.properties.address),
    enabled: BoardIntent.properties.enabled,
    labels: orNull(Type.Record(Type.String(), Type.Union([Type.String({ maxLength: 128 }), Type.Null()]))),
    keyFingerprint: orNull(BoardIntent.properties.keyFingerprint),
  },
  { $id: "BoardPatch", additionalProperties: false, minProperties: 1 },
);

export const BoardAdoption = Type.Object(
  {
    name: BoardIntent.properties.name,
    labels: BoardIntent.properties.labels,
    keyFingerprint: Type.Optional(Type.String({ pattern: fingerprintPattern, description: "the key that was seen; another one refuses" })),
  },
  { $id: "BoardAdoption", additionalProperties: false },
);

export const BoardCredentials = Type.Object(
  { username: Type.String(), password: Type.String({ description: "told this once" }) },
  { $id: "BoardCredentials", additionalProperties: false },
);

const one = { path: "/api/v1/boards/{id}", tag, params: IdParameter } as const;

export const boardRoutes = {
  listBoards: {
    method: "GET",
    path: "/api/v1/boards",
    permission: "board:list",
    tag,
    summary: "List boards",
    query: ListParameters,
    answer: BoardPage,
  },
  createBoard: {
    method: "POST",
    path: "/api/v1/boards",
    permission: "board:create",
    tag,
    summary: "Name a board before it is there",
    body: BoardIntent,
    answer: BoardView,
    status: 201,
    etag: "changing",
    errors: ["EDGE_ALREADY_EXISTS"],
  },
  getBoard: {
    ...one,
    method: "GET",
    permission: "board:read",
    summary: "Read a board and how its link stands",
    answer: BoardView,
    etag: "changing",
  },
  patchBoard: {
    ...one,
    method: "PATCH",
    permission: "board:update",
    summary: "Change a board",
    body: BoardPatch,
    bodyForm: "mergePatch",
    answer: BoardView,
    etag: "changing",
  },
  deleteBoard: { ...one, method: "DELETE", permission: "board:delete", summary: "Forget a board; its history stays", ifMatch: true },
  adoptBoard: {
    method: "POST",
    path: "/api/v1/boards/{id}/adopt",
    permission: "board:create",
    tag,
    summary: "Take in a board that was discovered",
    params: IdParameter,
    body: BoardAdoption,
    bodyOptional: true,
    answer: BoardView,
    status: 200,
    etag: "changing",
  },
  newBoardCredentials: {
    method: "POST",
    path: "/api/v1/boards/{id}/credentials",
    permission: "board:update",
    tag,
    summary: "Give a board a new MQTT password",
    description: "The old one stops working. The password is told in this answer and never again.",
    params: IdParameter,
    answer: BoardCredentials,
    status: 201,
  },
} as const satisfies RouteTable;
