import { type Static, Type } from "typebox";
import { GrantDocument, GrantIntent, KeyDocument, UserDocument } from "../../twin/documents/principal-document.ts";
import { IdParameter, ListParameters, orNull, pageOf } from "./list-api.ts";
import type { RouteTable } from "./route-spec.ts";

const NewPassword = Type.String({ minLength: 1, maxLength: 1024, description: "to be changed at the first log-in" });
const { passwordHash: _password, ...userMembers } = UserDocument.properties;
const { id, name, owner, expiresAt, lastUsedAt, rev, createdAt, updatedAt } = KeyDocument.properties;

/** A user without secrets. */
export const UserView = Type.Object(
  { ...userMembers, hasPassword: Type.Boolean({ description: "false: nobody can log in yet" }) },
  { $id: "User", additionalProperties: false },
);
export type UserView = Static<typeof UserView>;

export const UserIntent = Type.Object(
  { id: UserDocument.properties.id, name: Type.Optional(UserDocument.properties.name), password: Type.Optional(NewPassword) },
  { $id: "UserIntent", additionalProperties: false },
);
export type UserIntent = Static<typeof UserIntent>;

/** Merge patch of a user. */
export const UserPatch = Type.Object(
  { name: orNull(UserDocument.properties.name), enabled: Type.Optional(Type.Boolean()) },
  { $id: "UserPatch", minProperties: 1, additionalProperties: false },
);

/** A key without its secret. */
export const KeyView = Type.Object(
  { id, name, owner, expiresAt, lastUsedAt, rev, createdAt, updatedAt },
  { $id: "Key", additionalProperties: false },
);
export type KeyView = Static<typeof KeyView>;

export const KeyIntent = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    owner: Type.Optional(Type.String({ description: "the user that it acts for; default who asks" })),
    expiresAt: Type.Optional(Type.Integer({ minimum: 0, description: "milliseconds since 1970; default never" })),
    grants: Type.Optional(
      Type.Array(Type.Object({ role: GrantIntent.properties.role, scope: GrantIntent.properties.scope }, { additionalProperties: false }), {
        maxItems: 32,
        description: "what it may; nobody gives what he does not hold",
      }),
    ),
  },
  { $id: "KeyIntent", additionalProperties: false },
);
export type KeyIntent = Static<typeof KeyIntent>;

export const KeyMade = Type.Object(
  { key: KeyView, secret: Type.String({ description: "what goes behind Bearer; told this once" }) },
  { $id: "KeyMade", additionalProperties: false },
);
export type KeyMade = Static<typeof KeyMade>;

export const KeyRotation = Type.Object(
  {
    grace: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2_592_000_000, description: "milliseconds that the old secret stays good; default 0" }),
    ),
  },
  { $id: "KeyRotation", additionalProperties: false },
);

export const UserPage = pageOf("UserPage", UserView);
export const GrantPage = pageOf("GrantPage", GrantDocument);
export const KeyPage = pageOf("KeyPage", KeyView);

const user = { path: "/api/v1/users/{id}", tag: "users", params: IdParameter } as const;
const grant = { path: "/api/v1/grants/{id}", tag: "grants", params: IdParameter } as const;
const key = { path: "/api/v1/keys/{id}", tag: "keys", params: IdParameter } as const;

export const userRoutes = {
  listUsers: {
    method: "GET",
    path: "/api/v1/users",
    permission: "user:list",
    tag: "users",
    summary: "List users",
    query: ListParameters,
    answer: UserPage,
  },
  createUser: {
    method: "POST",
    path: "/api/v1/users",
    permission: "user:create",
    tag: "users",
    summary: "Make a user",
    body: UserIntent,
    answer: UserView,
    status: 201,
    etag: "document",
    errors: ["EDGE_ALREADY_EXISTS"],
  },
  getUser: { ...user, method: "GET", permission: "user:read", summary: "Read a user", answer: UserView, etag: "document" },
  patchUser: {
    ...user,
    method: "PATCH",
    permission: "user:update",
    summary: "Rename a user, or shut him out",
    body: UserPatch,
    bodyForm: "mergePatch",
    answer: UserView,
    etag: "document",
  },
  deleteUser: { ...user, method: "DELETE", permission: "user:delete", summary: "Delete a user with his keys and grants", ifMatch: true },
  setUserPassword: {
    method: "POST",
    path: "/api/v1/users/{id}/password",
    permission: "user:update",
    tag: "users",
    summary: "Give a user a first password",
    params: IdParameter,
    body: Type.Object({ password: NewPassword }, { $id: "FirstPassword", additionalProperties: false }),
  },
  unlockUser: {
    method: "POST",
    path: "/api/v1/users/{id}/unlock",
    permission: "user:update",
    tag: "users",
    summary: "Let a user try again who failed to log in too often",
    params: IdParameter,
    answer: UserView,
    status: 200,
    etag: "document",
  },
  endUserSessions: {
    method: "DELETE",
    path: "/api/v1/users/{id}/sessions",
    permission: "user:update",
    tag: "users",
    summary: "Log a user out everywhere",
    params: IdParameter,
  },
} as const satisfies RouteTable;

export const grantRoutes = {
  listGrants: {
    method: "GET",
    path: "/api/v1/grants",
    permission: "grant:list",
    tag: "grants",
    summary: "List grants",
    query: ListParameters,
    answer: GrantPage,
  },
  createGrant: {
    method: "POST",
    path: "/api/v1/grants",
    permission: "grant:create",
    tag: "grants",
    summary: "Give somebody a role at a scope",
    description: "Nobody grants what he does not hold.",
    body: GrantIntent,
    answer: GrantDocument,
    status: 201,
    etag: "document",
  },
  getGrant: { ...grant, method: "GET", permission: "grant:read", summary: "Read a grant", answer: GrantDocument, etag: "document" },
  deleteGrant: { ...grant, method: "DELETE", permission: "grant:delete", summary: "Take a role away" },
} as const satisfies RouteTable;

export const keyRoutes = {
  listKeys: {
    method: "GET",
    path: "/api/v1/keys",
    permission: "key:list",
    tag: "keys",
    summary: "List keys",
    query: ListParameters,
    answer: KeyPage,
  },
  createKey: {
    method: "POST",
    path: "/api/v1/keys",
    permission: "key:create",
    tag: "keys",
    summary: "Make a key for a machine",
    description: "The secret is told in this answer and never again.",
    body: KeyIntent,
    answer: KeyMade,
    status: 201,
  },
  getKey: { ...key, method: "GET", permission: "key:read", summary: "Read what is known of a key", answer: KeyView, etag: "document" },
  rotateKey: {
    method: "POST",
    path: "/api/v1/keys/{id}/rotate",
    permission: "key:update",
    tag: "keys",
    summary: "Give a key a new secret",
    params: IdParameter,
    body: KeyRotation,
    bodyOptional: true,
    answer: KeyMade,
    status: 201,
  },
  deleteKey: { ...key, method: "DELETE", permission: "key:delete", summary: "Revoke a key, at once" },
} as const satisfies RouteTable;
