import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";
import { GrantIntent } from "../../twin/documents/principal-document.ts";
import type { RouteTable } from "./route-spec.ts";

const tag = "session";
const Password = Type.String({ minLength: 1, maxLength: 1024 });

/** Who is logged in. */
export const SessionView = Type.Object(
  {
    user: Type.String({ description: "id of the user; empty with the first-start token; key:<id> for a key" }),
    name: Type.String(),
    roles: Type.Array(Type.Object({ role: GrantIntent.properties.role, scope: Type.String() }, { additionalProperties: false })),
    csrf: Type.String({ description: "to be sent as x-csrf-token with everything but GET and HEAD; empty for keys" }),
    mustChangePassword: Type.Boolean(),
    onlyPassword: Type.Optional(Type.Boolean({ description: "true: nothing but setting a password is allowed" })),
    expiresAt: Type.Integer(),
  },
  { $id: "Session", additionalProperties: false },
);
export type SessionView = Static<typeof SessionView>;

export const Login = Type.Object(
  { user: Type.String({ minLength: 1, maxLength: 64 }), password: Password },
  { $id: "Login", additionalProperties: false },
);
export const TokenLogin = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 512, description: "what the file admin-token holds" }) },
  { $id: "TokenLogin", additionalProperties: false },
);
export const PasswordChange = Type.Object(
  {
    current: Type.Optional(Password),
    password: Password,
    user: Type.Optional(Type.String({ pattern: idPattern, description: "with the first-start token: the id of the first admin" })),
  },
  { $id: "PasswordChange", additionalProperties: false },
);

export const sessionRoutes = {
  logIn: {
    method: "POST",
    path: "/api/v1/session",
    permission: "public",
    tag,
    summary: "Log in",
    description: "Sets the cookie penstock_session. Failed attempts lock the account for a while, longer each time.",
    body: Login,
    answer: SessionView,
    status: 200,
  },
  getSession: {
    method: "GET",
    path: "/api/v1/session",
    permission: "login",
    beforePassword: true,
    tag,
    summary: "Who is logged in",
    answer: SessionView,
  },
  logOut: { method: "DELETE", path: "/api/v1/session", permission: "login", beforePassword: true, tag, summary: "Log out" },
  logInWithToken: {
    method: "POST",
    path: "/api/v1/session/token",
    permission: "public",
    tag,
    summary: "Log in with the first-start token",
    description: "Good for setting the password of the first admin and for nothing else.",
    body: TokenLogin,
    answer: SessionView,
    status: 200,
  },
  setOwnPassword: {
    method: "POST",
    path: "/api/v1/session/password",
    permission: "login",
    beforePassword: true,
    tag,
    summary: "Set the own password",
    description: "All other log-ins of the user end. After a log-in with the first-start token it makes the first admin.",
    body: PasswordChange,
    answer: SessionView,
    status: 200,
  },
} as const satisfies RouteTable;
