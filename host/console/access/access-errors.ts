import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Millis } from "../../../shared/base/units.ts";

/** Nobody is logged in, or what was shown is not good (any more). Says nothing of which. */
export class Unauthenticated extends EdgeError {
  readonly code = "EDGE_UNAUTHENTICATED";
  constructor(why: string) {
    super(why);
  }
}

/** A request with a cookie came without the token that only a page of ours knows. */
export class CsrfMissing extends EdgeError {
  readonly code = "EDGE_CSRF";
  constructor() {
    super("the header x-csrf-token is missing or is not the one of this session");
  }
}

/** Too many wrong passwords: nobody is heard for a while, whoever it is. */
export class LockedOut extends EdgeError {
  readonly code = "EDGE_LOCKED_OUT";
  readonly retryAfter: Millis;
  constructor(retryAfter: Millis) {
    super(`too many failed log-ins; wait ${Math.ceil(retryAfter / 1000)} s`);
    this.retryAfter = retryAfter;
  }
}

/** More passwords wait to be checked than the gateway takes. */
export class LoginsBusy extends EdgeError {
  readonly code = "EDGE_LOGINS_BUSY";
  readonly retryAfter: Millis;
  constructor(retryAfter: Millis) {
    super(`too many log-ins at once; wait ${Math.ceil(retryAfter / 1000)} s`);
    this.retryAfter = retryAfter;
  }
}

/** Without this user, key or grant nobody could manage users any more. */
export class LastAdmin extends EdgeError {
  readonly code = "EDGE_LAST_ADMIN";
  constructor(user: string) {
    super(`${user} is the last enabled user with the role admin on all; make another one first`);
  }
}

/** Nobody grants what he does not hold. */
export class GrantBeyondOwn extends EdgeError {
  readonly code = "EDGE_GRANT_BEYOND_OWN";
  constructor(role: string, scope: string) {
    super(`the role ${role} at ${scope} is not yours to give or take`);
  }
}
