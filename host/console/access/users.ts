import type { JsonObject } from "../../../shared/base/json.ts";
import type { Problem } from "../../../shared/base/problem.ts";
import { type UserIntent, UserView } from "../../../shared/console/api/account-api.ts";
import type { IfMatch, ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor, Permission } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { AlreadyExists, Forbidden, NotFound, ResourceInvalid, RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import type { UserDocument } from "../../../shared/twin/documents/principal-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import { StoreFull } from "../../../shared/twin/store-errors.ts";
import type { Change, DocumentDelete, Draft } from "../../../shared/twin/store-ports.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import { LastAdmin } from "./access-errors.ts";
import type { AccessParts } from "./access-parts.ts";
import { checkPassword } from "./check-password.ts";
import { checkUserId } from "./check-user-id.ts";
import { guard, throwAudited } from "./guard.ts";

const most = 1000;
const longestName = 128;

const fields = Object.keys(UserView.properties);

/** Users as people see and change them. */
export class Users {
  readonly #parts: AccessParts;
  readonly #lists: MemoryLists;

  constructor(parts: AccessParts, lists: MemoryLists) {
    this.#parts = parts;
    this.#lists = lists;
  }

  list(actor: Actor, query: ListQuery): Page<UserView> {
    this.#guard(actor, "user:list", "*");
    const views = [...this.#parts.book.users.values()].map((user) => this.#viewOf(user));
    return this.#lists.page("user", views, fields, query);
  }

  get(actor: Actor, id: string): UserView {
    this.#guard(actor, "user:read", id);
    return this.#viewOf(this.#find(id));
  }

  async create(actor: Actor, { id, name, password }: UserIntent): Promise<UserView> {
    const { book, clock, passwords, turn } = this.#parts;
    this.#guard(actor, "user:create", id);
    checkUserId(id);
    if (password !== undefined) checkPassword(password, id);
    const passwordHash = password === undefined ? undefined : await passwords.hash(password);
    return turn.run(async () => {
      if (book.users.has(id)) throw new AlreadyExists("user", id);
      if (book.users.size >= most) throw new StoreFull("users", most);
      const document: Draft<"user"> = {
        id,
        name: name ?? id,
        enabled: true,
        ...(passwordHash !== undefined && { passwordHash, passwordChangedAt: clock.wall(), mustChangePassword: true }),
      };
      return this.#put(actor, "user:create", 0, document, Object.keys(document));
    });
  }

  patch(actor: Actor, id: string, patch: JsonObject, { ifRev }: IfMatch): Promise<UserView> {
    this.#guard(actor, "user:update", id);
    const change = changeOf(id, patch);
    const { book, sessions, turn } = this.#parts;
    return turn.run(async () => {
      const user = this.#find(id, ifRev);
      const draft = { ...draftOf<"user">(user), ...change };
      if (sameJson(draft, draftOf<"user">(user))) return this.#viewOf(user);
      if (!draft.enabled && user.enabled) this.#mustNotBeLast(actor, "user:update", id);
      const deletes = draft.enabled ? [] : sessions.end(sessions.of(id));
      const mask = Object.keys(change);
      return this.#put(actor, "user:update", book.users.get(id)?.rev ?? 0, draft, mask, { deletes });
    });
  }

  /** Takes keys, grants and log-ins of the user with him. */
  delete(actor: Actor, id: string, { ifRev }: IfMatch): Promise<void> {
    this.#guard(actor, "user:delete", id);
    const { book, keyUse, sessions, store, turn } = this.#parts;
    return turn.run(async () => {
      const user = this.#find(id, ifRev);
      this.#mustNotBeLast(actor, "user:delete", id);
      const keys = book.keysOf(id);
      const principals = [`user:${id}`, ...keys.map((key) => `key:${key.id}`)];
      const deletes: DocumentDelete[] = [
        { kind: "user", id, ifRev: user.rev },
        ...keys.map((key): DocumentDelete => ({ kind: "key", id: key.id })),
        ...principals.flatMap((principal) => book.grantsOf(principal)).map((grant): DocumentDelete => ({ kind: "grant", id: grant.id })),
        ...sessions.end(sessions.of(id)),
      ];
      await store.commit({
        actor: actor.id,
        deletes,
        state: keys.map((key) => keyUse.forget(key.id)),
        audit: [
          auditDone(actor, { action: "user:delete", kind: "user", id }, { before: user.rev }),
          ...keys.map((key) => auditDone(actor, { action: "key:delete", kind: "key", id: key.id }, { before: key.rev })),
        ],
      });
    });
  }

  /** Gives a first password: its owner must choose another before he does anything else. */
  async setPassword(actor: Actor, id: string, password: string): Promise<void> {
    const { book, check, clock, passwords, sessions, turn } = this.#parts;
    this.#guard(actor, "user:update", id);
    const own = actor.id === `user:${id}` || book.keys.get(actor.id.slice("key:".length))?.owner === id;
    // Whoever finds a screen unlocked must not be able to take the account over.
    const refusal = own ? new Forbidden("user:update", "the own password without the one before") : undefined;
    throwAudited(this.#parts, actor, "user:update", { kind: "user", id }, refusal);
    this.#find(id);
    checkPassword(password, id);
    const passwordHash = await passwords.hash(password);
    await turn.run(async () => {
      const user = this.#find(id);
      const { failures: _failures, lockedUntil: _until, ...rest } = draftOf<"user">(user);
      const document: Draft<"user"> = { ...rest, passwordHash, passwordChangedAt: clock.wall(), mustChangePassword: true };
      await this.#put(actor, "user:update", user.rev, document, ["passwordHash"], { deletes: sessions.end(sessions.of(id)) });
      check.unlock(id);
    });
  }

  /** Lets somebody try again who failed to log in too often. */
  unlock(actor: Actor, id: string): Promise<UserView> {
    this.#guard(actor, "user:update", id);
    return this.#parts.turn.run(async () => {
      const user = this.#find(id);
      this.#parts.check.unlock(id);
      const { failures, lockedUntil, ...rest } = draftOf<"user">(user);
      if (failures === undefined && lockedUntil === undefined) return this.#viewOf(user);
      return this.#put(actor, "user:update", user.rev, rest, ["failures", "lockedUntil"]);
    });
  }

  async endSessions(actor: Actor, id: string): Promise<void> {
    this.#guard(actor, "user:update", id);
    this.#find(id);
    const { sessions, store } = this.#parts;
    const audit = [auditDone(actor, { action: "session:delete", kind: "session", id })];
    await store.commit({ actor: actor.id, deletes: sessions.end(sessions.of(id)), audit });
  }

  #guard(actor: Actor, permission: Permission, id: string): void {
    guard(this.#parts, actor, permission, { kind: "user", id });
  }

  #find(id: string, ifRev?: number): UserDocument {
    const user = this.#parts.book.users.get(id);
    if (user === undefined) throw new NotFound("user", id);
    if (ifRev !== undefined && ifRev !== user.rev) throw new RevisionConflict("user", id, ifRev, user.rev);
    return user;
  }

  #mustNotBeLast(actor: Actor, permission: Permission, id: string): void {
    const { book } = this.#parts;
    const last = book.admins().has(id) && book.admins({ user: id }).size === 0;
    throwAudited(this.#parts, actor, permission, { kind: "user", id }, last ? new LastAdmin(`user ${id}`) : undefined);
  }

  async #put(
    actor: Actor,
    action: Permission,
    before: number,
    document: Draft<"user">,
    mask: readonly string[],
    beside: Pick<Change, "deletes"> = {},
  ): Promise<UserView> {
    const { id } = document;
    await this.#parts.store.commit({
      ...beside,
      actor: actor.id,
      puts: [{ kind: "user", id, document, ifRev: before }],
      audit: [auditDone(actor, { action, kind: "user", id }, { mask, before, after: before + 1 })],
    });
    return this.#viewOf(this.#find(id));
  }

  #viewOf(user: UserDocument): UserView {
    const { passwordHash, ...rest } = user;
    return { ...rest, hasPassword: passwordHash !== undefined };
  }
}

function changeOf(id: string, patch: JsonObject): { readonly name?: string; readonly enabled?: boolean } {
  const problems: Problem[] = [];
  const change: { name?: string; enabled?: boolean } = {};
  for (const [field, value] of Object.entries(patch)) {
    if (field === "name" && value === null) change.name = id;
    else if (field === "name" && typeof value === "string" && value.length <= longestName) change.name = value;
    else if (field === "enabled" && typeof value === "boolean") change.enabled = value;
    else
      problems.push({
        path: `/${field}`,
        message: "not so",
        expected: `name, at most ${longestName} characters, or enabled, true or false`,
      });
  }
  if (problems.length > 0) throw new ResourceInvalid(`user ${id}`, problems);
  return change;
}
