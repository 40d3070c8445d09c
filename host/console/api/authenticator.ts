import type { EdgeError } from "../../../shared/base/edge-error.ts";
import type { SessionView } from "../../../shared/console/api/session-api.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";

/** What a request shows of who sent it. */
export interface RequestFacts {
  /** The header as it came, as in `Bearer pk_…`; `undefined` where there is none. */
  readonly authorization: string | undefined;
  /** Value of the cookie `penstock_session`. */
  readonly cookie: string | undefined;
  /** Value of the header `x-csrf-token`. */
  readonly csrf: string | undefined;
  /** True for all methods but GET and HEAD: then a cookie alone is not enough. */
  readonly unsafe: boolean;
  readonly address: string;
  /** `cli` where the command line says so, `console` with a cookie, else `rest`: for the audit log, never for a decision. */
  readonly via: "rest" | "console" | "cli";
}

/** Who it is. */
export interface Authenticated {
  readonly actor: Actor;
  /** Id of the session, for those who logged in with a cookie. */
  readonly session?: string;
  /** Good for setting a password and nothing else: logged in with the first-start token, or with a password that somebody else chose. */
  readonly onlyPassword?: boolean;
}

/** Finds out who sends a request. */
export interface Authenticator {
  /** Gives the refusal (401, or 403 for a missing x-csrf-token) instead of throwing it. May answer at once, from memory. */
  authenticate(facts: RequestFacts): Promise<Authenticated | EdgeError> | Authenticated | EdgeError;
  /** True while what was shown still holds: key neither revoked nor expired, session alive, user enabled. From memory, for streams that stay open. */
  holds(who: Authenticated): boolean;
}

/** A session that was just opened, or given another secret. */
export interface OpenedSession {
  readonly view: SessionView;
  /** What the cookie `penstock_session` holds. */
  readonly cookie: string;
  /** Milliseconds that the cookie is good for. */
  readonly maxAge: number;
}

/** Log-ins of people. */
export interface Sessions {
  /** Locks out with backoff; tells nobody whether there is such a user. */
  login(credentials: { readonly user: string; readonly password: string }, facts: RequestFacts): Promise<OpenedSession>;
  /** With the first-start token; the session is good for setting a password only. */
  loginWithToken(token: string, facts: RequestFacts): Promise<OpenedSession>;
  view(who: Authenticated): Promise<SessionView>;
  /** Sets the own password, or makes the first admin (`user`). All other sessions of the user end; this one goes on under another secret. */
  setPassword(
    who: Authenticated,
    change: { readonly current?: string; readonly password: string; readonly user?: string },
    facts: RequestFacts,
  ): Promise<OpenedSession>;
  /** Ends the session. Nothing happens to keys. */
  logout(who: Authenticated): Promise<void>;
}
