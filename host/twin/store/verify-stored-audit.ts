import type { Log } from "../../../shared/base/log.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { AuditVerification } from "../../../shared/twin/store-ports.ts";
import { closeLevel, openLevel } from "../../platform/level/open-level.ts";
import { verifyAudit } from "./audit-chain.ts";
import { AuditLog } from "./audit-log.ts";
import { StoreGate } from "./store-gate.ts";

/** Checks the audit log of a store that no gateway has open. @throws {StoreLocked} {StoreUnwritable} {Stopped} */
export async function verifyStoredAudit(directory: string, log: Log, stop: StopSignal): Promise<AuditVerification> {
  const { db } = await openLevel({ directory, log });
  try {
    const audit = new AuditLog(db, new StoreGate());
    await audit.load();
    return await verifyAudit(audit.all(stop), audit.head);
  } finally {
    await closeLevel(db);
  }
}
