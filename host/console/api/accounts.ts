import type { JsonObject } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { Millis } from "../../../shared/base/units.ts";
import type { KeyIntent, KeyMade, KeyView, UserIntent, UserView } from "../../../shared/console/api/account-api.ts";
import type { IfMatch, ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { AuditDocument } from "../../../shared/twin/documents/event-document.ts";
import type { GrantDocument, GrantIntent } from "../../../shared/twin/documents/principal-document.ts";

/** What a check of the audit log found. */
export interface AuditVerdict {
  readonly ok: boolean;
  readonly lines: number;
  /** The first line that is still kept. */
  readonly first?: number;
  /** The first line that was changed. */
  readonly wrong?: number;
}

/** Users, grants, keys and the audit log. Permissions and audit are behind every method; nothing secret is in what they give, but a key's secret, once. */
export interface Accounts {
  listUsers(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<UserView>>;
  getUser(actor: Actor, id: string): Promise<UserView>;
  createUser(actor: Actor, intent: UserIntent): Promise<UserView>;
  /** `name`, `enabled`. */
  patchUser(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<UserView>;
  deleteUser(actor: Actor, id: string, when: IfMatch): Promise<void>;
  /** Gives somebody a first password, which must be changed at the next log-in. */
  setUserPassword(actor: Actor, id: string, password: string): Promise<void>;
  unlockUser(actor: Actor, id: string): Promise<UserView>;
  /** Ends all log-ins of a user. */
  endSessions(actor: Actor, id: string): Promise<void>;
  listGrants(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<GrantDocument>>;
  getGrant(actor: Actor, id: string): Promise<GrantDocument>;
  createGrant(actor: Actor, intent: GrantIntent): Promise<GrantDocument>;
  deleteGrant(actor: Actor, id: string): Promise<void>;
  listKeys(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<KeyView>>;
  getKey(actor: Actor, id: string): Promise<KeyView>;
  createKey(actor: Actor, intent: KeyIntent): Promise<KeyMade>;
  /** A new secret for a key. @param grace how long the old one stays good; 0 ends it at once */
  rotateKey(actor: Actor, id: string, grace: Millis): Promise<KeyMade>;
  /** Revokes it at once. */
  deleteKey(actor: Actor, id: string): Promise<void>;
  listAudit(
    actor: Actor,
    query: { readonly after?: number; readonly limit: number; readonly reverse: boolean },
    stop: StopSignal,
  ): Promise<readonly AuditDocument[]>;
  verifyAudit(actor: Actor, stop: StopSignal): Promise<AuditVerdict>;
}
