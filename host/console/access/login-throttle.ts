import type { Clock } from "../../../shared/base/clock.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { FailureTable } from "./failure-table.ts";

/** What a wrong password led to. */
export interface Lock {
  readonly of: "user" | "address";
  readonly span: Millis;
}

const mostNames = 10_000;
const mostKnown = 1000;
const freeByUser = 5;
/** Several people may stand behind one address. */
const freeByAddress = 20;

/**
 * Makes guessing passwords slow: by user name, whether there is such a user or not, and by address. An address from which a user logged in before is counted
 * apart for him, so that strangers who fail in his name do not keep him out of where he works. IEC 62443-4-2 CR 1.11.
 */
export class LoginThrottle implements MetricSource {
  readonly #byName: FailureTable;
  readonly #byAddress: FailureTable;
  /** User and address that once fitted together, the oldest first. */
  readonly #known = new Set<string>();
  #locks = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#byName = new FailureTable({ clock, free: freeByUser, most: mostNames });
    this.#byAddress = new FailureTable({ clock, free: freeByAddress, most: mostNames });
  }

  /** How long nobody is heard; 0 when somebody is. */
  wait(user: string, address: string): Millis {
    return millis(Math.max(this.#byName.wait(this.#nameKey(user, address)), this.#byAddress.wait(address)));
  }

  /** Counts an attempt as failed before it is known, so that many at once are no way around. @returns to be told how it ended */
  begin(user: string, address: string): { failed(): Lock | undefined; succeeded(): void; undecided(): void } {
    const name = this.#nameKey(user, address);
    const byName = this.#byName.add(name);
    const byAddress = this.#byAddress.add(address);
    return {
      failed: () => {
        if (byName === 0 && byAddress === 0) return undefined;
        this.#locks++;
        return byName > 0 ? { of: "user", span: byName } : { of: "address", span: byAddress };
      },
      succeeded: () => {
        this.#byName.clear(name);
        // Somebody's own account must not wipe out what he tried on others.
        this.#byAddress.takeBack(address);
        this.#know(`${user}\n${address}`);
      },
      undecided: () => {
        this.#byName.takeBack(name);
        this.#byAddress.takeBack(address);
      },
    };
  }

  /** Failures counted in the name of a user by strangers, and how long they wait. */
  ofUser(user: string): { readonly failures: number; readonly wait: Millis } {
    return { failures: this.#byName.count(user), wait: this.#byName.wait(user) };
  }

  /** Takes up what was kept of a user. */
  restore(user: string, failures: number, wait: Millis): void {
    this.#byName.restore(user, failures, wait);
  }

  /** Lets everybody try again in the name of a user. */
  unlock(user: string): void {
    this.#byName.clear(user);
    for (const known of this.#known) if (known.startsWith(`${user}\n`)) this.#byName.clear(known);
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_login_locks_total",
        help: "Times that log-ins of a user or an address were locked out for a while.",
        type: "counter",
        values: [{ labels: {}, value: this.#locks }],
      },
    ];
  }

  #nameKey(user: string, address: string): string {
    const pair = `${user}\n${address}`;
    return this.#known.has(pair) ? pair : user;
  }

  #know(pair: string): void {
    this.#known.delete(pair);
    this.#known.add(pair);
    const [oldest] = this.#known;
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
  }
}
