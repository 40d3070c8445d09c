import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Account, loadAccounts } from "./accounts-load.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { passwordFits, preparePasswords } from "./password-hash.ts";

/** What a login comes to. */
export type Login =
  | { readonly outcome: "welcome"; readonly account: Account }
  | { readonly outcome: "refused" }
  /** Too many wrong passwords from there: wait. */
  | { readonly outcome: "backoff" }
  /** Too many passwords wait to be checked. */
  | { readonly outcome: "busy" };

export interface AccountsParts {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Passwords checked at once. */
  readonly logins: number;
}

const mostWaiting = 64;

/** The accounts of the broker. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #throttle: LoginThrottle;
  #accounts: ReadonlyMap<string, Account>;
  #checking = 0;
  readonly #waiting: (() => void)[] = [];

  private constructor(parts: AccountsParts, accounts: ReadonlyMap<string, Account>) {
    this.#parts = parts;
    this.#throttle = new LoginThrottle(parts);
    this.#accounts = accounts;
  }

  /** @throws {AccountsRefused} */
  static async open(parts: AccountsParts): Promise<Accounts> {
    const accounts = await loadAccounts(parts.file, parts.log);
    await preparePasswords();
    return new Accounts(parts, accounts);
  }

  /** Reads the file again; when it is refused the accounts stay as they were. @returns names that are gone or have another password @throws {AccountsRefused} */
  async reload(): Promise<ReadonlySet<string>> {
    const old = this.#accounts;
    const accounts = await loadAccounts(this.#parts.file, this.#parts.log);
    this.#accounts = accounts;
    return new Set([...old.values()].filter(({ name, password }) => accounts.get(name)?.password !== password).map(({ name }) => name));
  }

  get(name: string): Account | undefined {
    return this.#accounts.get(name);
  }

  /** Checks a name and password. An unknown name takes as long as a wrong password. */
  async login(name: string, password: Buffer, address: string): Promise<Login> {
    if (this.#throttle.blocked(address)) return { outcome: "backoff" };
    if (this.#checking >= this.#parts.logins) {
      if (this.#waiting.length >= mostWaiting) return { outcome: "busy" };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.#throttle.blocked(address)) {
        this.#waiting.shift()?.();
        return { outcome: "backoff" };
      }
    }
    this.#checking++;
    const account = this.#accounts.get(name);
    const [anyone] = this.#accounts.values();
    const fits = await passwordFits(account?.password ?? anyone?.password ?? "", password);
    this.#checking--;
    this.#waiting.shift()?.();
    // The file may have been read again meanwhile.
    if (account === undefined || !fits || this.#accounts.get(name)?.password !== account.password) {
      this.#throttle.failed(address);
      return { outcome: "refused" };
    }
    this.#throttle.succeeded(address);
    return { outcome: "welcome", account: this.#accounts.get(name) ?? account };
  }
}
