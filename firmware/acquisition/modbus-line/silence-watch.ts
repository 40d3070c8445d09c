import type { Millis } from "../../../shared/base/units.ts";

/** So many timeouts in a row without a single reply make a connection suspect. */
const patience = 3;
/** A unit that answered so recently still vouches for the connection, milliseconds. */
const vouchSpan = 60_000;

/** Tells a connection that went dead from a unit that went dead behind a living gateway, by who answers and who does not. */
export class SilenceWatch {
  #timeouts = 0;
  /** Units that timed out since the last reply of anybody. */
  readonly #silent = new Set<number>();
  /** Units that answered and have not timed out since, with the time of their last reply. */
  readonly #answering = new Map<number, Millis>();

  replied(unit: number, now: Millis): void {
    this.#timeouts = 0;
    if (this.#silent.size > 0) this.#silent.clear();
    this.#answering.set(unit, now);
  }

  timedOut(unit: number): void {
    this.#timeouts++;
    this.#silent.add(unit);
    this.#answering.delete(unit);
  }

  /** True when the unit answered the last time it was asked. */
  answers(unit: number): boolean {
    return this.#answering.has(unit);
  }

  /**
   * True when the connection should be replaced: several timeouts and no reply since, and nobody left to vouch for it.
   * @param asked units of requests that wait to be sent: one that has not been tried since is given its chance first
   */
  deaf(now: Millis, asked: Iterable<{ readonly unit: number }>): boolean {
    if (this.#timeouts < patience) return false;
    for (const at of this.#answering.values()) if (now - at < vouchSpan) return false;
    for (const { unit } of asked) if (!this.#silent.has(unit)) return false;
    return true;
  }

  /** A new connection: nobody has failed to answer on it yet. */
  restart(): void {
    this.#timeouts = 0;
    this.#silent.clear();
  }
}
