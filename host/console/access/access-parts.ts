import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { AccessSettings } from "./access-settings.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { FirstStartToken } from "./first-start-token.ts";
import type { KeyUse } from "./key-use.ts";
import type { LoginThrottle } from "./login-throttle.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { PasswordCheck } from "./password-check.ts";
import type { Passwords } from "./passwords.ts";
import type { PrincipalBook } from "./principal-book.ts";
import type { SessionTable } from "./session-table.ts";
import type { StoreAccess } from "./store-access.ts";

/** What the services of this room share. */
export interface AccessParts {
  readonly store: GatewayStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: AccessSettings;
  readonly book: PrincipalBook;
  readonly access: StoreAccess;
  readonly audit: AuditTrail;
  readonly check: PasswordCheck;
  readonly firstStart: FirstStartToken;
  readonly keyUse: KeyUse;
  readonly passwords: Passwords;
  readonly sessions: SessionTable;
  readonly throttle: LoginThrottle;
  /** Changes of users, grants and keys, so that two of them cannot take the last admin away together. */
  readonly turn: OneAtATime;
}
