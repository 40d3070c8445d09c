import type { Permission } from "./access-ports.ts";

/** What a board may do to things that it brings, and to nothing else. What users want (`feature.desired`) is not its own. */
const ofBoards: ReadonlySet<Permission> = new Set<Permission>([
  "thing:create",
  "thing:read",
  "thing:update",
  "feature:create",
  "feature:read",
  "feature:update",
  "feature.desired:read",
  "feature.reported:create",
  "feature.reported:read",
  "feature.reported:update",
  "feature.status:read",
  "feature.status:update",
  "record:create",
  "record:read",
  "event:create",
  "operation:read",
  "operation:update",
]);

/** What reconcilers may do everywhere: they look at all and write how far it has come. */
const ofReconcilers: ReadonlySet<Permission> = new Set<Permission>([
  "thing:read",
  "thing:list",
  "thing:update",
  "thing:delete",
  "feature:read",
  "feature:list",
  "feature.desired:read",
  "feature.reported:read",
  "feature.status:read",
  "feature.status:update",
  "definition:read",
  "relation:read",
  "relation:list",
  "board:read",
  "operation:create",
  "operation:read",
  "operation:list",
  "operation:update",
  "event:create",
  "event:read",
]);

export const boardMay = (permission: Permission): boolean => ofBoards.has(permission);
export const reconcilerMay = (permission: Permission): boolean => ofReconcilers.has(permission);
