import type { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { KeyDocument } from "../../../shared/twin/documents/principal-document.ts";
import type { Authenticated, Authenticator, RequestFacts } from "../api/authenticator.ts";
import { CsrfMissing, Unauthenticated } from "./access-errors.ts";
import type { AccessParts } from "./access-parts.ts";
import { digestOf, keyOfSecret, sameSecret } from "./secrets.ts";
import { firstStartActor } from "./store-access.ts";

/** Who it is, with what tells whether it still holds. */
interface Shown extends Authenticated {
  /** Keys: digest of the secret that was shown. */
  readonly secretHash?: string;
}

const bearer = /^bearer +(\S+) *$/i;
const longestHeader = 256;

/** Finds out who sends a request: one look-up and one SHA-256, no disk. */
export class StoreAuthenticator implements Authenticator, MetricSource {
  readonly #parts: AccessParts;
  #refused = 0;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  authenticate(facts: RequestFacts): Authenticated | EdgeError {
    if (facts.authorization !== undefined) return this.#byHeader(facts.authorization, facts);
    if (facts.cookie !== undefined) return this.#byCookie(facts.cookie, facts);
    return new Unauthenticated("nobody is logged in");
  }

  holds(who: Authenticated): boolean {
    const { book, sessions } = this.#parts;
    if (who.session !== undefined) {
      const session = sessions.get(who.session);
      return session !== undefined && this.#userIsIn(session.user);
    }
    if (who.actor.id === firstStartActor) return book.users.size === 0;
    const key = book.keys.get(who.actor.id.slice("key:".length));
    const shown: Shown = who;
    return key !== undefined && shown.secretHash !== undefined && this.#keyHolds(key, shown.secretHash);
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_credentials_refused_total",
        help: "Requests whose key, token or cookie is not good.",
        type: "counter",
        values: [{ labels: {}, value: this.#refused }],
      },
    ];
  }

  #byHeader(header: string, facts: RequestFacts): Shown | EdgeError {
    const secret = header.length <= longestHeader ? bearer.exec(header)?.[1] : undefined;
    if (secret === undefined) return this.#refuse("the authorization header is no Bearer with a key", "unknown", facts);
    const via = facts.via === "console" ? "rest" : facts.via;
    const id = keyOfSecret(secret);
    if (id === undefined) {
      if (!this.#parts.firstStart.fits(secret)) return this.#refuse("the key is not good", "unknown", facts);
      return { actor: { id: firstStartActor, type: "user", via, address: facts.address } };
    }
    const key = this.#parts.book.keys.get(id);
    const secretHash = digestOf(secret);
    if (key === undefined || !this.#keyHolds(key, secretHash)) return this.#refuse("the key is not good", key?.id ?? "unknown", facts);
    this.#parts.keyUse.touch(id);
    return { actor: { id: `key:${id}`, type: "key", via, address: facts.address }, secretHash };
  }

  #byCookie(cookie: string, facts: RequestFacts): Authenticated | EdgeError {
    const { audit, book, sessions } = this.#parts;
    const session = cookie.length <= longestHeader ? sessions.use(cookie) : undefined;
    if (session === undefined || !this.#userIsIn(session.user)) return new Unauthenticated("the session is over; log in");
    const { user } = session;
    const actor: Actor = { id: user === "" ? firstStartActor : `user:${user}`, type: "user", via: facts.via, address: facts.address };
    if (facts.unsafe && (facts.csrf === undefined || !sameSecret(facts.csrf, session.csrf))) {
      const error = new CsrfMissing();
      audit.refused(actor, { action: "session:update", kind: "session", id: user === "" ? "first-start" : user }, error.code);
      return error;
    }
    const onlyPassword = session.onlyPassword === true || book.users.get(user)?.mustChangePassword === true;
    return { actor, session: session.id, ...(onlyPassword && { onlyPassword }) };
  }

  #keyHolds(key: KeyDocument, secretHash: string): boolean {
    const now = this.#parts.clock.wall();
    if (key.expiresAt !== undefined && now >= key.expiresAt) return false;
    if (!this.#userIsIn(key.owner)) return false;
    if (sameSecret(secretHash, key.secretHash)) return true;
    return key.previousHash !== undefined && now < (key.previousUntil ?? 0) && sameSecret(secretHash, key.previousHash);
  }

  /** The user may be in: there and enabled; `""`, who has the first-start token, as long as there are no users. */
  #userIsIn(id: string): boolean {
    const { users } = this.#parts.book;
    return id === "" ? users.size === 0 : users.get(id)?.enabled === true;
  }

  #refuse(why: string, id: string, { address, via }: RequestFacts): EdgeError {
    this.#refused++;
    const error = new Unauthenticated(why);
    this.#parts.audit.refused({ id: "anonymous", type: "user", via, address }, { action: "key:read", kind: "key", id }, error.code);
    return error;
  }
}
