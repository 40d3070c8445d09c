import type { Access, Actor, Permission } from "./access-ports.ts";

/**
 * What a list has to leave out for somebody: `undefined` when nothing, because a grant on `all` covers it; else the things that he may see.
 * Ask it once for a list or stream and again when it may have changed.
 */
export function visibleThings(access: Access, actor: Actor, permission: Permission): ((thing: string) => boolean) | undefined {
  if (access.everywhere(actor, permission)) return undefined;
  return (thing) => access.allows(actor, permission, { thing });
}
