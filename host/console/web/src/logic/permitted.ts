import type { Permission } from "../../../../../shared/twin/access/access-ports.ts";
import type { Role } from "../../../../../shared/twin/documents/principal-document.ts";
import type { RoleAt } from "../data/gateway-types.ts";

const ranks: readonly Role[] = ["viewer", "operator", "engineer", "admin"];

/** What a person may want to do here, the permission it takes, the least role that has it, and how it is called. */
export const acts = {
  command: { permission: "feature.desired:update", role: "operator", words: "command devices" },
  retry: { permission: "feature.desired:update", role: "operator", words: "retry" },
  cancel: { permission: "operation:update", role: "operator", words: "call operations off" },
  editThing: { permission: "thing:update", role: "engineer", words: "change things" },
  boards: { permission: "board:update", role: "engineer", words: "adopt and change boards" },
  users: { permission: "user:create", role: "admin", words: "manage users and roles" },
  keys: { permission: "key:create", role: "admin", words: "make and revoke keys" },
  audit: { permission: "audit:list", role: "admin", words: "read the audit log" },
} as const satisfies Readonly<Record<string, { readonly permission: Permission; readonly role: Role; readonly words: string }>>;
export type Act = keyof typeof acts;

/** Whether a grant may reach a thing. Who is in a group or follows a definition only the gateway knows: it has the last word there. */
function reaches({ scope }: RoleAt, thing: string | undefined): boolean {
  if (scope === "all") return true;
  if (thing === undefined) return false;
  return scope === `thing:${thing}` || scope.startsWith("group:") || scope.startsWith("definition:");
}

/** Why somebody may not do something, in a sentence; `undefined` when it is offered. The gateway decides in the end. */
export function whyNot(me: { readonly roles: readonly RoleAt[] }, act: Act, thing?: string): string | undefined {
  const { role, words } = acts[act];
  const held = me.roles.filter((grant) => reaches(grant, thing)).map((grant) => ranks.indexOf(grant.role));
  const best = Math.max(-1, ...held);
  if (best >= ranks.indexOf(role)) return undefined;
  const here = best < 0 ? "you have no role here" : `you are ${ranks[best] ?? "nobody"} here`;
  return `Only ${role === "admin" ? "an admin" : `an ${role} or above`} may ${words}; ${here}.`;
}

/** The highest role that somebody holds anywhere, for display. */
export function highestRole(roles: readonly RoleAt[]): Role | undefined {
  return ranks[Math.max(-1, ...roles.map(({ role }) => ranks.indexOf(role)))];
}
