import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { SessionView } from "../../../shared/console/api/session-api.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { Forbidden, ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import { Role, type UserDocument } from "../../../shared/twin/documents/principal-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import type { Change, DocumentPut, Draft } from "../../../shared/twin/store-ports.ts";
import type { Authenticated, OpenedSession, RequestFacts, Sessions } from "../api/authenticator.ts";
import { Unauthenticated } from "./access-errors.ts";
import type { AccessParts } from "./access-parts.ts";
import { checkPassword } from "./check-password.ts";
import { checkUserId } from "./check-user-id.ts";
import { newId } from "./secrets.ts";
import type { NewSession } from "./session-table.ts";
import { firstStartActor } from "./store-access.ts";

/** The first admin, where nobody names him otherwise. */
const firstAdmin = "admin";

const overText = "the session is over; log in";

const askingOf = (facts: RequestFacts): Actor => ({ id: "anonymous", type: "user", via: facts.via, address: facts.address });
const actorOf = (user: string, facts: RequestFacts): Actor => ({
  id: user === "" ? firstStartActor : `user:${user}`,
  type: "user",
  via: facts.via,
  address: facts.address,
});

const putOf = ({ draft }: NewSession): DocumentPut => ({ kind: "session", id: draft.id, document: draft, ifRev: 0 });

/** Log-ins of people, kept in the store. */
export class StoreSessions implements Sessions {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  async login({ user, password }: { readonly user: string; readonly password: string }, facts: RequestFacts): Promise<OpenedSession> {
    const { book, check, turn } = this.#parts;
    const found = await check.check(user, password, askingOf(facts));
    return turn.run(() => {
      const now = book.users.get(found.id);
      // Shut out, or given another password, since it was checked.
      if (now?.enabled !== true || now.passwordHash !== found.passwordHash) throw new Unauthenticated(overText);
      return this.#open(found.id, facts, { onlyPassword: false });
    });
  }

  async loginWithToken(token: string, facts: RequestFacts): Promise<OpenedSession> {
    const { audit, firstStart, throttle } = this.#parts;
    // Nobody tries out 256 random bits; the address waits with everybody else who fails from there.
    if (throttle.wait("", facts.address) > 0 || !firstStart.fits(token)) {
      const error = new Unauthenticated("the token is not good, or there are users already");
      audit.refused(askingOf(facts), { action: "session:create", kind: "session", id: "first-start" }, error.code);
      throw error;
    }
    return this.#open("", facts, { onlyPassword: true });
  }

  async view({ actor, session }: Authenticated): Promise<SessionView> {
    const { book, sessions } = this.#parts;
    if (session !== undefined) {
      const document = sessions.get(session);
      if (document === undefined) throw new Unauthenticated(overText);
      return this.#viewOf(document.user, document.csrf, sessions.endOf(session), document.onlyPassword === true);
    }
    const key = book.keys.get(actor.id.slice("key:".length));
    const roles = book.grantsOf(actor.id).map(({ role, scope }) => ({ role, scope }));
    return {
      user: actor.id === firstStartActor ? "" : actor.id,
      name: key?.name ?? "first start",
      roles: actor.id === firstStartActor ? [{ role: Role.admin, scope: "all" }] : roles,
      csrf: "",
      mustChangePassword: false,
      expiresAt: key?.expiresAt ?? Number.MAX_SAFE_INTEGER,
    };
  }

  setPassword(
    who: Authenticated,
    change: { readonly current?: string; readonly password: string; readonly user?: string },
    facts: RequestFacts,
  ): Promise<OpenedSession> {
    if (who.actor.id === firstStartActor) return this.#makeFirstAdmin(who, change.user ?? firstAdmin, change.password, facts);
    return this.#changeOwn(who, change, facts);
  }

  async logout({ actor, session }: Authenticated): Promise<void> {
    const { sessions, store } = this.#parts;
    const user = session === undefined ? undefined : sessions.get(session)?.user;
    if (session === undefined || user === undefined) return;
    const audit = [auditDone(actor, { action: "session:delete", kind: "session", id: user === "" ? "first-start" : user })];
    await store.commit({ actor: actor.id, deletes: sessions.end([session]), audit });
  }

  /** Whoever holds the token becomes the first user; with him the token is void. */
  async #makeFirstAdmin(who: Authenticated, user: string, password: string, facts: RequestFacts): Promise<OpenedSession> {
    const { book, firstStart, passwords, sessions, store, clock, turn } = this.#parts;
    checkUserId(user);
    checkPassword(password, user);
    const passwordHash = await passwords.hash(password);
    const opened = await turn.run(async () => {
      if (book.users.size > 0) throw new Unauthenticated("there is a first user already; log in as one");
      const made = sessions.make(user, { onlyPassword: false, instead: sessions.of("") });
      const document: Draft<"user"> = { id: user, name: user, enabled: true, passwordHash, passwordChangedAt: clock.wall() };
      const grant: Draft<"grant"> = { id: newId(), principal: `user:${user}`, role: Role.admin, scope: "all", createdBy: firstStartActor };
      await store.commit({
        actor: firstStartActor,
        puts: [{ kind: "user", id: user, document, ifRev: 0 }, { kind: "grant", id: grant.id, document: grant, ifRev: 0 }, putOf(made)],
        deletes: made.deletes,
        audit: [
          auditDone(who.actor, { action: "user:create", kind: "user", id: user }, { before: 0, after: 1 }),
          auditDone(who.actor, { action: "grant:create", kind: "grant", id: grant.id }, { before: 0, after: 1 }),
          auditDone(actorOf(user, facts), { action: "session:create", kind: "session", id: user }),
        ],
      });
      return made;
    });
    await firstStart.retire();
    return this.#opened(opened);
  }

  async #changeOwn(
    { actor, session }: Authenticated,
    { current, password }: { readonly current?: string; readonly password: string },
    facts: RequestFacts,
  ): Promise<OpenedSession> {
    const { book, check, clock, passwords, sessions, store, turn } = this.#parts;
    const id = session === undefined ? undefined : sessions.get(session)?.user;
    const user = id === undefined ? undefined : book.users.get(id);
    if (session === undefined) throw new Forbidden("user:update", "a key; log in with name and password");
    if (user === undefined) throw new Unauthenticated(overText);
    // Who must change his password has just logged in with it.
    if (current !== undefined) await this.#checkCurrent(check.check(user.id, current, actor));
    else if (user.mustChangePassword !== true) throw wrongCurrent("missing");
    checkPassword(password, user.id);
    if (await passwords.fits(user.passwordHash, password))
      throw new ResourceInvalid("password", [{ path: "/password", message: "the old one", expected: "a new one" }]);
    const passwordHash = await passwords.hash(password);
    const made = await turn.run(async () => {
      const now = book.users.get(user.id);
      if (now?.enabled !== true || now.passwordHash !== user.passwordHash) throw new Unauthenticated(overText);
      const fresh = sessions.make(user.id, { onlyPassword: false, instead: sessions.of(user.id) });
      const { mustChangePassword: _must, ...rest } = draftOf<"user">(now);
      const document: Draft<"user"> = { ...rest, passwordHash, passwordChangedAt: clock.wall() };
      await store.commit({
        actor: actor.id,
        puts: [{ kind: "user", id: user.id, document, ifRev: now.rev }, putOf(fresh)],
        deletes: fresh.deletes,
        audit: [
          auditDone(
            actor,
            { action: "user:update", kind: "user", id: user.id },
            { mask: ["passwordHash"], before: now.rev, after: now.rev + 1 },
          ),
          auditDone(actorOf(user.id, facts), { action: "session:create", kind: "session", id: user.id }),
        ],
      });
      return fresh;
    });
    return this.#opened(made);
  }

  /** A wrong password of somebody who is logged in is no reason to log him out. */
  async #checkCurrent(checked: Promise<UserDocument>): Promise<void> {
    try {
      await checked;
    } catch (error) {
      throw error instanceof EdgeError && error.code === "EDGE_UNAUTHENTICATED" ? wrongCurrent("wrong") : error;
    }
  }

  async #open(user: string, facts: RequestFacts, options: { readonly onlyPassword: boolean }): Promise<OpenedSession> {
    const actor = actorOf(user, facts);
    const made = this.#parts.sessions.make(user, options);
    const change: Change = {
      actor: actor.id,
      puts: [putOf(made)],
      deletes: made.deletes,
      audit: [auditDone(actor, { action: "session:create", kind: "session", id: user === "" ? "first-start" : user })],
    };
    await this.#parts.store.commit(change);
    return this.#opened(made);
  }

  #opened({ secret, draft }: NewSession): OpenedSession {
    const { settings, sessions } = this.#parts;
    const view = this.#viewOf(draft.user, draft.csrf, sessions.endOf(draft.id), draft.onlyPassword === true);
    return { view, cookie: secret, maxAge: settings.absolute };
  }

  #viewOf(id: string, csrf: string, expiresAt: number, onlyPassword: boolean): SessionView {
    const { book } = this.#parts;
    const user = book.users.get(id);
    const mustChangePassword = onlyPassword || user?.mustChangePassword === true;
    return {
      user: id,
      name: user?.name ?? "first start",
      roles: book.grantsOf(`user:${id}`).map(({ role, scope }) => ({ role, scope })),
      csrf,
      mustChangePassword,
      ...(mustChangePassword && { onlyPassword: true }),
      expiresAt: Math.round(expiresAt),
    };
  }
}

const wrongCurrent = (message: string): ResourceInvalid =>
  new ResourceInvalid("password", [{ path: "/current", message, expected: "the password as it is now" }]);
