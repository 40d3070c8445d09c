import { type Millis, millis } from "../../../shared/base/units.ts";
import { type KeyIntent, type KeyMade, KeyView } from "../../../shared/console/api/account-api.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { NotFound, ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import type { KeyDocument } from "../../../shared/twin/documents/principal-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { StoreFull } from "../../../shared/twin/store-errors.ts";
import type { DocumentPut, Draft } from "../../../shared/twin/store-ports.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import type { AccessParts } from "./access-parts.ts";
import { guard, throwAudited } from "./guard.ts";
import { digestOf, keySecret, newId } from "./secrets.ts";
import { firstStartActor } from "./store-access.ts";

const most = 2000;
const longestGrace = millis(30 * 24 * 3_600_000);

const fields = Object.keys(KeyView.properties);

/** Keys for machines, as people see, make and revoke them. */
export class Keys {
  readonly #parts: AccessParts;
  readonly #lists: MemoryLists;

  constructor(parts: AccessParts, lists: MemoryLists) {
    this.#parts = parts;
    this.#lists = lists;
  }

  list(actor: Actor, query: ListQuery): Page<KeyView> {
    this.#guard(actor, "key:list", "*");
    const views = [...this.#parts.book.keys.values()].map((key) => this.#viewOf(key));
    return this.#lists.page("key", views, fields, query);
  }

  get(actor: Actor, id: string): KeyView {
    this.#guard(actor, "key:read", id);
    return this.#viewOf(this.#find(id));
  }

  async create(actor: Actor, { name, owner, expiresAt, grants = [] }: KeyIntent): Promise<KeyMade> {
    const { access, book, clock, passwords, store, turn } = this.#parts;
    const id = newId();
    this.#guard(actor, "key:create", id);
    for (const grant of grants) {
      throwAudited(this.#parts, actor, "grant:create", { kind: "key", id }, access.mayGrant(actor, grant));
    }
    if (expiresAt !== undefined && expiresAt <= clock.wall()) {
      throw new ResourceInvalid("key", [
        { path: "/expiresAt", message: "it has passed", expected: "a moment to come, milliseconds since 1970" },
      ]);
    }
    const whose = owner ?? this.#userOf(actor);
    this.#mustBeUser(whose);
    const secret = keySecret(id);
    const passwordHash = await passwords.hash(secret);
    const held = new Map(grants.map((grant) => [`${grant.role} ${grant.scope}`, grant]));
    return turn.run(async () => {
      this.#mustBeUser(whose);
      if (book.keys.size >= most) throw new StoreFull("keys", most);
      const document: Draft<"key"> = {
        id,
        name,
        owner: whose,
        secretHash: digestOf(secret),
        passwordHash,
        ...(expiresAt !== undefined && { expiresAt }),
      };
      const given = [...held.values()].map(
        ({ role, scope }): Draft<"grant"> => ({ id: newId(), principal: `key:${id}`, role, scope, createdBy: actor.id }),
      );
      await store.commit({
        actor: actor.id,
        puts: [
          { kind: "key", id, document, ifRev: 0 },
          ...given.map((grant): DocumentPut => ({ kind: "grant", id: grant.id, document: grant, ifRev: 0 })),
        ],
        audit: [
          auditDone(actor, { action: "key:create", kind: "key", id }, { before: 0, after: 1 }),
          ...given.map((grant) => auditDone(actor, { action: "grant:create", kind: "grant", id: grant.id }, { before: 0, after: 1 })),
        ],
      });
      return { key: this.#viewOf(this.#find(id)), secret };
    });
  }

  /** A new secret for a key. @param grace how long the old one stays good, at most 30 days; 0 ends it, and streams opened with it, at once */
  async rotate(actor: Actor, id: string, grace: Millis): Promise<KeyMade> {
    const { clock, passwords, store, turn } = this.#parts;
    this.#guard(actor, "key:update", id);
    this.#find(id);
    const secret = keySecret(id);
    const passwordHash = await passwords.hash(secret);
    return turn.run(async () => {
      const key = this.#find(id);
      const { previousHash: _before, previousUntil: _until, ...rest } = draftOf<"key">(key);
      const document: Draft<"key"> = {
        ...rest,
        secretHash: digestOf(secret),
        passwordHash,
        ...(grace > 0 && { previousHash: key.secretHash, previousUntil: clock.wall() + Math.min(grace, longestGrace) }),
      };
      await store.commit({
        actor: actor.id,
        puts: [{ kind: "key", id, document, ifRev: key.rev }],
        audit: [auditDone(actor, { action: "key:update", kind: "key", id }, { mask: ["secretHash"], before: key.rev, after: key.rev + 1 })],
      });
      return { key: this.#viewOf(this.#find(id)), secret };
    });
  }

  /** Revokes a key, with its grants. */
  delete(actor: Actor, id: string): Promise<void> {
    this.#guard(actor, "key:delete", id);
    const { book, keyUse, store, turn } = this.#parts;
    return turn.run(async () => {
      const key = this.#find(id);
      await store.commit({
        actor: actor.id,
        deletes: [
          { kind: "key", id, ifRev: key.rev },
          ...book.grantsOf(`key:${id}`).map((grant) => ({ kind: "grant", id: grant.id }) as const),
        ],
        state: [keyUse.forget(id)],
        audit: [auditDone(actor, { action: "key:delete", kind: "key", id }, { before: key.rev })],
      });
    });
  }

  #guard(actor: Actor, permission: Permission, id: string): void {
    guard(this.#parts, actor, permission, { kind: "key", id });
  }

  #find(id: string): KeyDocument {
    const key = this.#parts.book.keys.get(id);
    if (key === undefined) throw new NotFound("key", id);
    return key;
  }

  #userOf(actor: Actor): string {
    if (actor.id === firstStartActor) return "";
    const id = actor.id.slice(actor.id.indexOf(":") + 1);
    return actor.type === "key" ? (this.#parts.book.keys.get(id)?.owner ?? "") : id;
  }

  #mustBeUser(id: string): void {
    if (this.#parts.book.users.has(id)) return;
    throw new ResourceInvalid("key", [
      { path: "/owner", message: `${JSON.stringify(id)} is no user`, expected: "a user for whom it acts" },
    ]);
  }

  #viewOf(key: KeyDocument): KeyView {
    const { secretHash: _secret, passwordHash: _password, previousHash: _previous, ...view } = key;
    const lastUsedAt = this.#parts.keyUse.at(key.id);
    return { ...view, ...(lastUsedAt !== undefined && { lastUsedAt }) };
  }
}
