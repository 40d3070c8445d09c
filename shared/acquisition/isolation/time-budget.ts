import { type Millis, millis } from "../../base/units.ts";

export interface TimeBudgetTerms {
  /** Share of the passing time that may be spent, 0 to 1. */
  readonly share: number;
  /** The most that can be saved up. */
  readonly burst: Millis;
}

/** Time that may be spent: fills with a share of the passing time, begins empty. Over any span no more goes out than `share × span + burst`. */
export class TimeBudget {
  share: number;
  readonly #burst: number;
  #level = 0;
  #at: number;

  constructor(terms: TimeBudgetTerms, now: Millis) {
    this.share = terms.share;
    this.#burst = terms.burst;
    this.#at = now;
  }

  /** How long until `cost` can be spent; 0 when it can now. A cost above the burst counts as the burst. */
  wait(cost: Millis, now: Millis): Millis {
    this.#fill(now);
    const missing = Math.min(cost, this.#burst) - this.#level;
    return millis(missing <= 0 ? 0 : Math.ceil(missing / this.share));
  }

  /** Spends `cost`, into debt if need be, though no deeper than one burst. */
  spend(cost: Millis, now: Millis): void {
    this.#fill(now);
    this.#level = Math.max(-this.#burst, this.#level - cost);
  }

  /** Takes what is saved up, as far as `cost` goes: no debt. */
  drain(cost: Millis, now: Millis): void {
    this.#fill(now);
    this.#level -= Math.max(0, Math.min(cost, this.#level));
  }

  /** Gives back what was spent in vain. */
  refund(cost: Millis, now: Millis): void {
    this.#fill(now);
    this.#level = Math.min(this.#burst, this.#level + cost);
  }

  #fill(now: Millis): void {
    this.#level = Math.min(this.#burst, this.#level + Math.max(0, now - this.#at) * this.share);
    this.#at = now;
  }
}
