import type { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Actor, Permission, Target } from "../../../shared/twin/access/access-ports.ts";
import type { AccessParts } from "./access-parts.ts";

/** @throws what `refusal` is, audited, unless it is `undefined` */
export function throwAudited(
  { audit }: Pick<AccessParts, "audit">,
  actor: Actor,
  permission: Permission,
  about: { readonly kind: string; readonly id: string },
  refusal: EdgeError | undefined,
): void {
  if (refusal === undefined) return;
  audit.refused(actor, { action: permission, ...about }, refusal.code);
  throw refusal;
}

/** Lets somebody through who holds a permission. @throws {Forbidden} audited */
export function guard(
  parts: Pick<AccessParts, "access" | "audit">,
  actor: Actor,
  permission: Permission,
  about: { readonly kind: string; readonly id: string },
  target: Target = {},
): void {
  throwAudited(parts, actor, permission, about, parts.access.refusal(actor, permission, target));
}
