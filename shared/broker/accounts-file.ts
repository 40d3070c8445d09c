import { type Static, Type } from "typebox";

const Filters = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { maxItems: 256, description }));

const rules = {
  publish: Filters("filters of the topics that may be published to; %u is the account name, %c the client id"),
  subscribe: Filters("filters that may be subscribed to; a narrower filter is covered by a wider one"),
};

/** An argon2id hash as a PHC string, version 19. */
export const passwordHashPattern =
  "^\\$argon2id\\$v=19\\$m=\\d{4,6},(?:t=\\d{1,2},p=\\d{1,2}|p=\\d{1,2},t=\\d{1,2})\\$[A-Za-z0-9+/]{11,86}\\$[A-Za-z0-9+/]{21,86}$";

const Role = Type.Object(rules, { additionalProperties: false });

const Account = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\s\\u0000-\\u001f]+$", description: "user name of CONNECT" }),
    password: Type.String({ pattern: passwordHashPattern, description: "argon2id hash, as made by hash-password" }),
    roles: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 32, description: "names of roles" })),
    ...rules,
  },
  { additionalProperties: false },
);

/** Who may use the broker, and for what. What no rule allows is refused. */
export const AccountsFile = Type.Object(
  {
    accounts: Type.Array(Account, { minItems: 1, maxItems: 20_000, description: "who may connect" }),
    roles: Type.Optional(
      Type.Record(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }), Role, { description: "rules that accounts share" }),
    ),
  },
  { $id: "AccountsFile", additionalProperties: false },
);
export type AccountsFile = Static<typeof AccountsFile>;
