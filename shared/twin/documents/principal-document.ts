import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";

export const Role = { viewer: "viewer", operator: "operator", engineer: "engineer", admin: "admin" } as const;
export type Role = (typeof Role)[keyof typeof Role];
const RoleName = Type.Enum(Role);
const stamps = { rev: Type.Integer(), createdAt: Type.Integer(), updatedAt: Type.Integer() };

/** Where a grant holds: `all`, `thing:<id>`, `group:<id>` (with all that is in it) or `definition:<id>`. */
export const scopePattern =
  "^(?:all|(?:thing|group):[A-Za-z0-9][A-Za-z0-9:._-]{0,63}|definition:[a-z]+:[A-Za-z0-9][A-Za-z0-9._-]{0,63}@[0-9]{1,6})$";

/** A person. Passwords are kept as argon2id hashes only and never given out. */
export const UserDocument = Type.Object(
  {
    id: Type.String({ pattern: idPattern, description: "the name to log in with, also over MQTT" }),
    name: Type.String({ maxLength: 128 }),
    enabled: Type.Boolean(),
    /** Absent until the person has set one. */
    passwordHash: Type.Optional(Type.String()),
    passwordChangedAt: Type.Optional(Type.Integer()),
    /** The first password was given by somebody else and must be changed. */
    mustChangePassword: Type.Optional(Type.Boolean()),
    failures: Type.Optional(Type.Integer()),
    lockedUntil: Type.Optional(Type.Integer()),
    ...stamps,
  },
  { $id: "UserDocument" },
);
export type UserDocument = Static<typeof UserDocument>;

/** A key for machines; only the hash of its secret is kept. */
export const KeyDocument = Type.Object(
  {
    id: Type.String({ pattern: idPattern }),
    name: Type.String({ maxLength: 128 }),
    /** The user who made it, or for whom. The key never may more than this user. */
    owner: Type.String(),
    secretHash: Type.String(),
    /** argon2id hash of the same secret, as the broker needs it. */
    passwordHash: Type.Optional(Type.String()),
    /** The secret before the last rotation: good until `previousUntil`. */
    previousHash: Type.Optional(Type.String()),
    previousUntil: Type.Optional(Type.Integer()),
    expiresAt: Type.Optional(Type.Integer()),
    lastUsedAt: Type.Optional(Type.Integer()),
    ...stamps,
  },
  { $id: "KeyDocument" },
);
export type KeyDocument = Static<typeof KeyDocument>;

export const GrantIntent = Type.Object(
  {
    principal: Type.String({ pattern: "^(?:user|key):[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$", description: "who: user:<id> or key:<id>" }),
    role: RoleName,
    scope: Type.String({ pattern: scopePattern, description: "where: all, thing:<id>, group:<id> or definition:<id>" }),
  },
  { $id: "GrantIntent", additionalProperties: false },
);
export type GrantIntent = Static<typeof GrantIntent>;

/** A role of somebody at a scope. */
export const GrantDocument = Type.Object(
  { id: Type.String(), ...GrantIntent.properties, createdBy: Type.String(), ...stamps },
  { $id: "Grant" },
);
export type GrantDocument = Static<typeof GrantDocument>;

/** A log-in of the console; its id is the hash of what the cookie holds. */
export const SessionDocument = Type.Object(
  {
    id: Type.String(),
    user: Type.String(),
    csrf: Type.String(),
    expiresAt: Type.Integer(),
    usedAt: Type.Integer(),
    /** Made with the first-start token: good for setting a password and nothing else. */
    onlyPassword: Type.Optional(Type.Boolean()),
    ...stamps,
  },
  { $id: "Session" },
);
export type SessionDocument = Static<typeof SessionDocument>;
