import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { AuditVerdict } from "../api/accounts.ts";

/** Checks the chain of the audit log, of a gateway that runs or of a store that was opened for it. @see IEC 62443-4-2 CR 3.9 */
export async function verifyAuditTrail(
  store: Pick<GatewayStore, "verifyAudit">,
  stop: StopSignal,
): Promise<AuditVerdict & { readonly why?: string }> {
  const { lines, first, wrong } = await store.verifyAudit(stop);
  return {
    ok: wrong === undefined,
    lines,
    ...(first !== undefined && { first }),
    ...(wrong !== undefined && { wrong: wrong.seq, why: wrong.why }),
  };
}
