import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { millis } from "../../../shared/base/units.ts";
import { passwordCost } from "../../../shared/broker/password-cost.ts";
import { LoginsBusy } from "./access-errors.ts";

/** Fits no password. Checked where there is nothing to check, so that an unknown name takes as long as a wrong password. */
export const nobodysHash = `$argon2id$v=19$m=${passwordCost.memoryCost},t=${passwordCost.timeCost},p=${passwordCost.parallelism}$p2VuC3Rvb2stbm9ib2R5cw$3q2+7wAAESIzRFVmd4iZqrvM3e7/ABEiM0RVZneImao`;
const mostAtOnce = 2;
const mostWaiting = 32;
const soon = millis(1000);

/** Makes and checks hashes of passwords, argon2id. A bounded number at once, as each takes memory, and a bounded number that waits. */
export class Passwords implements MetricSource {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #refused = 0;

  /** @returns a PHC string @throws {LoginsBusy} */
  hash(password: string): Promise<string> {
    return this.#inTurn(async () => {
      const { argon2id, hash } = await import("argon2");
      return hash(password.normalize("NFKC"), { ...passwordCost, type: argon2id });
    });
  }

  /** True when the password belongs to the hash. Takes as long where there is none. @throws {LoginsBusy} */
  fits(phc: string | undefined, password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const { verify } = await import("argon2");
      const fits = await verify(phc ?? nobodysHash, password.normalize("NFKC")).catch(() => false);
      return fits && phc !== undefined;
    });
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_password_checks_refused_total",
        help: "Passwords that were not checked because too many waited.",
        type: "counter",
        values: [{ labels: {}, value: this.#refused }],
      },
    ];
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= mostAtOnce) {
      if (this.#waiting.length >= mostWaiting) {
        this.#refused++;
        throw new LoginsBusy(soon);
      }
      // Whoever ends hands its place over, so that nobody slips in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
