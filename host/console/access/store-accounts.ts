import type { JsonObject } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { Millis } from "../../../shared/base/units.ts";
import type { KeyIntent, KeyMade, KeyView, UserIntent, UserView } from "../../../shared/console/api/account-api.ts";
import type { IfMatch, ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { AuditDocument } from "../../../shared/twin/documents/event-document.ts";
import type { GrantDocument, GrantIntent } from "../../../shared/twin/documents/principal-document.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import type { Accounts, AuditVerdict } from "../api/accounts.ts";
import type { AccessParts } from "./access-parts.ts";
import { Grants } from "./grants.ts";
import { guard } from "./guard.ts";
import { Keys } from "./keys.ts";
import { Users } from "./users.ts";
import { verifyAuditTrail } from "./verify-audit-trail.ts";

/** Users, grants, keys and the audit log, kept in the store. */
export class StoreAccounts implements Accounts {
  readonly #parts: AccessParts;
  readonly #users: Users;
  readonly #grants: Grants;
  readonly #keys: Keys;

  constructor(parts: AccessParts, lists: MemoryLists) {
    this.#parts = parts;
    this.#users = new Users(parts, lists);
    this.#grants = new Grants(parts, lists);
    this.#keys = new Keys(parts, lists);
  }

  async listUsers(actor: Actor, query: ListQuery, _stop: StopSignal): Promise<Page<UserView>> {
    return this.#users.list(actor, query);
  }
  async getUser(actor: Actor, id: string): Promise<UserView> {
    return this.#users.get(actor, id);
  }
  async createUser(actor: Actor, intent: UserIntent): Promise<UserView> {
    return this.#users.create(actor, intent);
  }
  async patchUser(actor: Actor, id: string, patch: JsonObject, when: IfMatch): Promise<UserView> {
    return this.#users.patch(actor, id, patch, when);
  }
  async deleteUser(actor: Actor, id: string, when: IfMatch): Promise<void> {
    return this.#users.delete(actor, id, when);
  }
  async setUserPassword(actor: Actor, id: string, password: string): Promise<void> {
    return this.#users.setPassword(actor, id, password);
  }
  async unlockUser(actor: Actor, id: string): Promise<UserView> {
    return this.#users.unlock(actor, id);
  }
  async endSessions(actor: Actor, id: string): Promise<void> {
    return this.#users.endSessions(actor, id);
  }

  async listGrants(actor: Actor, query: ListQuery, _stop: StopSignal): Promise<Page<GrantDocument>> {
    return this.#grants.list(actor, query);
  }
  async getGrant(actor: Actor, id: string): Promise<GrantDocument> {
    return this.#grants.get(actor, id);
  }
  async createGrant(actor: Actor, intent: GrantIntent): Promise<GrantDocument> {
    return this.#grants.create(actor, intent);
  }
  async deleteGrant(actor: Actor, id: string): Promise<void> {
    return this.#grants.delete(actor, id);
  }

  async listKeys(actor: Actor, query: ListQuery, _stop: StopSignal): Promise<Page<KeyView>> {
    return this.#keys.list(actor, query);
  }
  async getKey(actor: Actor, id: string): Promise<KeyView> {
    return this.#keys.get(actor, id);
  }
  async createKey(actor: Actor, intent: KeyIntent): Promise<KeyMade> {
    return this.#keys.create(actor, intent);
  }
  /** A new secret for a key. @param grace how long the old one stays good; 0 ends it at once */
  async rotateKey(actor: Actor, id: string, grace: Millis): Promise<KeyMade> {
    return this.#keys.rotate(actor, id, grace);
  }
  async deleteKey(actor: Actor, id: string): Promise<void> {
    return this.#keys.delete(actor, id);
  }

  async listAudit(
    actor: Actor,
    { after, limit, reverse }: { readonly after?: number; readonly limit: number; readonly reverse: boolean },
    _stop: StopSignal,
  ): Promise<readonly AuditDocument[]> {
    guard(this.#parts, actor, "audit:list", { kind: "audit", id: "*" });
    return this.#parts.store.audit(after ?? 0, limit, reverse);
  }

  async verifyAudit(actor: Actor, stop: StopSignal): Promise<AuditVerdict> {
    guard(this.#parts, actor, "audit:read", { kind: "audit", id: "*" });
    await this.#parts.audit.flush();
    const { why: _why, ...verdict } = await verifyAuditTrail(this.#parts.store, stop);
    return verdict;
  }
}
