import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { AlreadyExists, Forbidden, NotFound, ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import { GrantDocument, type GrantIntent } from "../../../shared/twin/documents/principal-document.ts";
import { StoreFull } from "../../../shared/twin/store-errors.ts";
import type { Draft } from "../../../shared/twin/store-ports.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import { LastAdmin } from "./access-errors.ts";
import type { AccessParts } from "./access-parts.ts";
import { throwAudited } from "./guard.ts";
import { newId } from "./secrets.ts";

const most = 20_000;
const mostOfOne = 200;

const fields = Object.keys(GrantDocument.properties);

/** Grants as people see, give and take them. Who administers a part sees and changes the grants of that part. */
export class Grants {
  readonly #parts: AccessParts;
  readonly #lists: MemoryLists;

  constructor(parts: AccessParts, lists: MemoryLists) {
    this.#parts = parts;
    this.#lists = lists;
  }

  list(actor: Actor, query: ListQuery): Page<GrantDocument> {
    const { access, book } = this.#parts;
    const refusal = access.somewhere(actor, "grant:list") ? undefined : new Forbidden("grant:list", "any scope");
    throwAudited(this.#parts, actor, "grant:list", { kind: "grant", id: "*" }, refusal);
    const seen = [...book.grants.values()].filter(({ scope }) => access.seesGrant(actor, scope));
    return this.#lists.page("grant", seen, fields, query);
  }

  get(actor: Actor, id: string): GrantDocument {
    const { access } = this.#parts;
    const refusal = access.somewhere(actor, "grant:read") ? undefined : new Forbidden("grant:read", "any scope");
    throwAudited(this.#parts, actor, "grant:read", { kind: "grant", id }, refusal);
    const grant = this.#find(id);
    // What he may not see he may not know of.
    if (!access.seesGrant(actor, grant.scope)) throw new NotFound("grant", id);
    return grant;
  }

  create(actor: Actor, { principal, role, scope }: GrantIntent): Promise<GrantDocument> {
    const { book, store, turn } = this.#parts;
    const id = newId();
    this.#mayGrant(actor, "grant:create", id, { role, scope });
    return turn.run(async () => {
      this.#mustExist(principal);
      const held = book.grantsOf(principal);
      const same = held.find((grant) => grant.role === role && grant.scope === scope);
      if (same !== undefined) throw new AlreadyExists("grant", same.id);
      if (book.grants.size >= most) throw new StoreFull("grants", most);
      if (held.length >= mostOfOne) throw new StoreFull(`grants of ${principal}`, mostOfOne);
      const document: Draft<"grant"> = { id, principal, role, scope, createdBy: actor.id };
      await store.commit({
        actor: actor.id,
        puts: [{ kind: "grant", id, document, ifRev: 0 }],
        audit: [auditDone(actor, { action: "grant:create", kind: "grant", id }, { before: 0, after: 1 })],
      });
      return this.#find(id);
    });
  }

  delete(actor: Actor, id: string): Promise<void> {
    const { book, store, turn } = this.#parts;
    this.get(actor, id);
    return turn.run(async () => {
      const grant = this.#find(id);
      this.#mayGrant(actor, "grant:delete", id, grant);
      const last = book.admins().size > 0 && book.admins({ grant: id }).size === 0;
      throwAudited(this.#parts, actor, "grant:delete", { kind: "grant", id }, last ? new LastAdmin(grant.principal) : undefined);
      await store.commit({
        actor: actor.id,
        deletes: [{ kind: "grant", id, ifRev: grant.rev }],
        audit: [auditDone(actor, { action: "grant:delete", kind: "grant", id }, { before: grant.rev })],
      });
    });
  }

  #mayGrant(actor: Actor, permission: Permission, id: string, grant: Pick<GrantIntent, "role" | "scope">): void {
    throwAudited(this.#parts, actor, permission, { kind: "grant", id }, this.#parts.access.mayGrant(actor, grant));
  }

  #find(id: string): GrantDocument {
    const grant = this.#parts.book.grants.get(id);
    if (grant === undefined) throw new NotFound("grant", id);
    return grant;
  }

  #mustExist(principal: string): void {
    const { book } = this.#parts;
    const colon = principal.indexOf(":");
    const id = principal.slice(colon + 1);
    if (principal.startsWith("user:") ? book.users.has(id) : book.keys.has(id)) return;
    throw new ResourceInvalid("grant", [{ path: "/principal", message: `${principal} is not there`, expected: "a user or key that is" }]);
  }
}
