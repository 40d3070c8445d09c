import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { RateWindow } from "../../../shared/base/rate-window.ts";
import { millis } from "../../../shared/base/units.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import type { UserDocument } from "../../../shared/twin/documents/principal-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { LockedOut, Unauthenticated } from "./access-errors.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { Lock, LoginThrottle } from "./login-throttle.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { Passwords } from "./passwords.ts";
import type { PrincipalBook } from "./principal-book.ts";

export interface PasswordCheckParts {
  readonly store: Pick<GatewayStore, "update" | "commit">;
  readonly clock: Clock;
  readonly log: Log;
  readonly book: PrincipalBook;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly audit: AuditTrail;
  /** Changes of users. */
  readonly turn: OneAtATime;
}

/** Finds out whether somebody is who he says. Says the same, as slowly, for a wrong password, an unknown user, one without a password and a disabled one. */
export class PasswordCheck {
  readonly #parts: PasswordCheckParts;
  /** Events of addresses that are locked out: floods come from many. */
  readonly #told = new RateWindow(10, millis(60_000));

  constructor(parts: PasswordCheckParts) {
    this.#parts = parts;
    const { book, clock, throttle } = parts;
    for (const { id, failures, lockedUntil } of book.users.values()) {
      if (failures !== undefined) throttle.restore(id, failures, millis(Math.max(0, (lockedUntil ?? 0) - clock.wall())));
    }
  }

  /** @param asking who asks, for the audit log @returns the user @throws {LockedOut} {LoginsBusy} {Unauthenticated} */
  async check(name: string, password: string, asking: Actor): Promise<UserDocument> {
    const { book, passwords, throttle } = this.#parts;
    const address = asking.address ?? "";
    const user = book.users.get(name);
    const refuse = (error: LockedOut | Unauthenticated): never => {
      // A password typed in the place of a name must not be kept.
      this.#parts.audit.refused(asking, { action: "session:create", kind: "user", id: user?.id ?? "unknown" }, error.code);
      throw error;
    };
    const wait = throttle.wait(name, address);
    if (wait > 0) refuse(new LockedOut(wait));
    const attempt = throttle.begin(name, address);
    const good = await passwords.fits(user?.enabled === true ? user.passwordHash : undefined, password).catch((error: unknown) => {
      attempt.undecided();
      throw error;
    });
    const now = book.users.get(name);
    if (good && now?.enabled === true && now.passwordHash === user?.passwordHash) {
      attempt.succeeded();
      if (now.failures !== undefined || now.lockedUntil !== undefined) await this.#keep(now.id, undefined);
      return now;
    }
    const lock = attempt.failed();
    if (lock !== undefined) await this.#tell(lock, user?.id, address);
    return refuse(new Unauthenticated("user or password is wrong"));
  }

  /** Lets everybody try again in the name of a user. */
  unlock(user: string): void {
    this.#parts.throttle.unlock(user);
  }

  /** A lock is written down so that a restart is no way around it, and told to whoever watches. It holds even where that fails. */
  async #tell({ of, span }: Lock, user: string | undefined, address: string): Promise<void> {
    const { clock, log, store, throttle } = this.#parts;
    const minutes = `${span / 60_000} min`;
    log.warn({ user, address, of, minutes }, "log-ins are locked out");
    try {
      if (of === "user" && user !== undefined && throttle.ofUser(user).wait > 0) await this.#keep(user, { address, span: minutes });
      else if (this.#told.take(clock.monotonic())) {
        const who = of === "address" ? "" : user === undefined ? " in a name that nobody has" : ` of ${user}`;
        const text = `Log-ins${who} from ${address || "nowhere known"} are locked out for ${minutes} after failed attempts.`;
        await store.commit({
          actor: "system",
          events: [{ type: "login.locked", kind: "user", id: user ?? "unknown", severity: "warning", text }],
        });
      }
    } catch (error) {
      log.error({ error, user }, "a lock-out cannot be written down");
    }
  }

  async #keep(id: string, lock: { readonly address: string; readonly span: string } | undefined): Promise<void> {
    const { clock, store, throttle, turn } = this.#parts;
    const { failures, wait } = throttle.ofUser(id);
    const text = `Log-ins of ${id} are locked out for ${lock?.span} after failed attempts, the last from ${lock?.address || "nowhere known"}.`;
    const write = () =>
      store.update(
        "user",
        id,
        "system",
        (now) => {
          if (now === undefined) return undefined;
          const { failures: _failures, lockedUntil: _until, ...rest } = draftOf<"user">(now);
          return lock === undefined ? rest : { ...rest, failures, lockedUntil: clock.wall() + wait };
        },
        lock === undefined ? {} : { events: [{ type: "user.locked", kind: "user", id, severity: "warning", text }] },
      );
    await turn.run(write);
  }
}
