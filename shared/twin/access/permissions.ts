import { Role } from "../documents/principal-document.ts";
import { type Permission, type Subject, Verb } from "./access-ports.ts";

type Given = Readonly<Partial<Record<Subject, readonly Verb[]>>>;

const { create, read, update, delete: remove, list, exec } = Verb;
const look = [read, list] as const;
const make = [create, update, remove] as const;

/**
 * What each role adds to the one before it; a role may all that the roles before it may. `exec` is what is neither reading nor writing: `feature:exec` takes
 * a feature out of its error, `board:exec` adopts a board and gives it credentials, `thing:exec` deletes without waiting for clean-up.
 */
const added: Readonly<Record<Role, Given>> = {
  viewer: {
    thing: look,
    feature: look,
    "feature.desired": look,
    "feature.reported": look,
    "feature.status": look,
    definition: look,
    alias: look,
    relation: look,
    record: look,
    event: look,
    operation: look,
    board: look,
    artifact: look,
    node: look,
  },
  operator: {
    "feature.desired": [update],
    feature: [exec],
    operation: [create, update],
  },
  engineer: {
    thing: make,
    feature: make,
    definition: make,
    alias: make,
    relation: make,
    board: [...make, exec],
    artifact: make,
  },
  admin: {
    thing: [exec],
    user: [...look, ...make],
    grant: [...look, ...make],
    key: [...look, ...make],
    audit: look,
    backup: [read, create],
  },
};

/** Roles from the least to the most. */
export const roles: readonly Role[] = [Role.viewer, Role.operator, Role.engineer, Role.admin];

/** How much a role may: 1 for the least; 0 is no role at all. */
export const rankOf = (role: Role): number => roles.indexOf(role) + 1;

/** Above every role: nobody is granted it. */
const nobody = roles.length + 1;

const ranks: ReadonlyMap<string, number> = new Map(
  roles.flatMap((role) =>
    Object.entries(added[role]).flatMap(([subject, verbs]) => verbs.map((verb) => [`${subject}:${verb}`, rankOf(role)] as const)),
  ),
);

/** The rank that holds a permission; more than any role has where it is for boards, reconcilers and the system alone. */
export const rankFor = (permission: Permission): number => ranks.get(permission) ?? nobody;

/** The roles that hold a permission, from the least. */
export const rolesWith = (permission: Permission): readonly Role[] => roles.slice(rankFor(permission) - 1);

/** Everything that a role may be asked for, in the order of the alphabet. */
export const grantedPermissions = (role: Role): readonly string[] =>
  [...ranks].flatMap(([permission, rank]) => (rank <= rankOf(role) ? [permission] : [])).sort();
