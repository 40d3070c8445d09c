import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { MemoryLists } from "../../platform/lists/memory-lists.ts";
import type { AccessParts } from "./access-parts.ts";
import { type AccessSettings, defaultAccessSettings } from "./access-settings.ts";
import { AuditTrail } from "./audit-trail.ts";
import { FirstStartToken } from "./first-start-token.ts";
import { KeyUse } from "./key-use.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { OrphanedGrants } from "./orphaned-grants.ts";
import { PasswordCheck } from "./password-check.ts";
import { Passwords } from "./passwords.ts";
import { PrincipalBook } from "./principal-book.ts";
import { SessionTable } from "./session-table.ts";
import { StoreAccess } from "./store-access.ts";
import { StoreAccounts } from "./store-accounts.ts";
import { StoreAuthenticator } from "./store-authenticator.ts";
import { StoreSessions } from "./store-sessions.ts";
import { type CompileSelector, ThingPlaces } from "./thing-places.ts";

export interface AccessRoomParts {
  readonly store: GatewayStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Data directory: where the first-start token stands. */
  readonly directory: string;
  readonly settings?: Partial<AccessSettings>;
  readonly lists: MemoryLists;
  /** Understands selectors of groups; absent: groups have members by relations only. */
  readonly compileSelector?: CompileSelector;
}

/** All that decides who may do what: opened once, above the store. */
export class AccessRoom implements AsyncDisposable, MetricSource {
  readonly access: StoreAccess;
  readonly accounts: StoreAccounts;
  readonly authenticator: StoreAuthenticator;
  readonly sessions: StoreSessions;
  readonly audit: AuditTrail;
  readonly places: ThingPlaces;
  readonly #parts: AccessParts;
  readonly #orphaned: OrphanedGrants;

  private constructor(parts: AccessParts, places: ThingPlaces, lists: MemoryLists) {
    this.access = parts.access;
    this.accounts = new StoreAccounts(parts, lists);
    this.authenticator = new StoreAuthenticator(parts);
    this.sessions = new StoreSessions(parts);
    this.audit = parts.audit;
    this.places = places;
    this.#orphaned = new OrphanedGrants(parts);
    this.#parts = parts;
  }

  static async open({ store, clock, log, directory, settings, lists, compileSelector }: AccessRoomParts): Promise<AccessRoom> {
    const all: AccessSettings = { ...defaultAccessSettings, ...settings };
    const base = { store, clock, log, settings: all };
    const book = await PrincipalBook.open(base);
    const places = await ThingPlaces.open({ ...base, ...(compileSelector !== undefined && { compileSelector }) });
    const access = new StoreAccess({ book, places });
    const audit = new AuditTrail(base);
    const passwords = new Passwords();
    const throttle = new LoginThrottle(base);
    const turn = new OneAtATime();
    const check = new PasswordCheck({ ...base, book, passwords, throttle, audit, turn });
    const firstStart = await FirstStartToken.open({ directory, book, log });
    const keyUse = await KeyUse.open(base);
    const sessions = await SessionTable.open(base);
    const parts: AccessParts = {
      ...base,
      book,
      access,
      audit,
      check,
      firstStart,
      keyUse,
      passwords,
      sessions,
      throttle,
      turn,
    };
    return new AccessRoom(parts, places, lists);
  }

  /** Where the first-start token stands, and the token itself while there are no users. Makes it anew where it was lost. */
  firstStart(): Promise<{ readonly path: string; readonly token?: string }> {
    return this.#parts.firstStart.ensure();
  }

  /** Resolves when selectors have been tried on all things and what was deleted left no grants. */
  async settled(): Promise<void> {
    await this.places.settled();
    await this.#orphaned.settled();
  }

  metrics(): readonly Metric[] {
    const { audit, passwords, sessions, throttle } = this.#parts;
    return [audit, passwords, sessions, throttle, this.authenticator, this.places].flatMap((source) => source.metrics());
  }

  /** Writes what is still to be written; the store must be open yet. */
  async close(): Promise<void> {
    const { audit, book, keyUse, sessions } = this.#parts;
    await this.#orphaned.close();
    await sessions.close();
    await keyUse.close();
    await audit.close();
    await this.places.close();
    book.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
