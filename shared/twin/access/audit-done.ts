import type { AuditDraft } from "../store-ports.ts";
import type { Actor } from "./access-ports.ts";
import type { Attempt } from "./audit-port.ts";

/** The audit line of a change, to be committed in the same batch: a change that cannot be audited does not happen. IEC 62443-4-2 CR 2.8, 2.10. */
export function auditDone(
  actor: Actor,
  { action, kind, id }: Attempt,
  detail: { readonly mask?: readonly string[]; readonly before?: number; readonly after?: number } = {},
): AuditDraft {
  const { mask, before, after } = detail;
  return {
    actor: actor.id,
    via: actor.via,
    ...(actor.address !== undefined && { address: actor.address }),
    action,
    kind,
    id,
    outcome: "done",
    ...(mask !== undefined && { mask: [...mask] }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}
