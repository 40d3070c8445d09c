import { type BackoffRange, backoffDelay } from "../../base/backoff.ts";
import { type Millis, millis } from "../../base/units.ts";

/** `closed` the unit is polled · `open` it is left alone but for probes · `half-open` a probe is under way. */
export type BreakerState = "closed" | "open" | "half-open";

/** Missed polls in a row until a unit that used to answer is left alone. */
const threshold = 3;
/** Answered polls until a unit that came back is trusted as before. */
const probation = 3;

/**
 * Decides whether a unit is worth its polls. A unit that used to answer is left alone after three missed polls in a row; one that never answered,
 * or came back only just now, after the first. Probes follow at growing distances.
 */
export class UnitBreaker {
  readonly #range: BackoffRange;
  readonly #random: () => number;
  #state: BreakerState = "closed";
  /** Missed polls in a row. */
  #missed = 0;
  /** Answered polls that are still to come until it is trusted. */
  #untrusted = 1;
  #attempt = 0;
  #due = millis(Number.POSITIVE_INFINITY);

  /** @param random gives a number in [0, 1) */
  constructor(range: BackoffRange, random: () => number) {
    this.#range = range;
    this.#random = random;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** When the next probe is due; infinite unless open. */
  get due(): Millis {
    return this.#state === "open" ? this.#due : millis(Number.POSITIVE_INFINITY);
  }

  /** Probes since it opened. */
  get attempt(): number {
    return this.#attempt;
  }

  /** A poll went unanswered. @returns whether the breaker opened by it */
  missed(now: Millis): boolean {
    if (this.#state !== "closed") return false;
    this.#missed += 1;
    if (this.#untrusted === 0 && this.#missed < threshold) return false;
    this.#open(now);
    return true;
  }

  /** The unit answered something. @returns whether the breaker closed by it */
  answered(): boolean {
    this.#missed = 0;
    if (this.#state === "closed") return false;
    this.#state = "closed";
    this.#due = millis(Number.POSITIVE_INFINITY);
    this.#untrusted = probation;
    return true;
  }

  /** A whole poll was answered: what earns trust. */
  polled(): void {
    if (this.#state !== "closed" || this.#untrusted === 0) return;
    this.#untrusted -= 1;
    if (this.#untrusted === 0) this.#attempt = 0;
  }

  /** A probe begins. */
  probing(): void {
    if (this.#state === "open") this.#state = "half-open";
  }

  /** The probe was not answered. */
  probeMissed(now: Millis): void {
    if (this.#state === "half-open") this.#open(now);
  }

  /** The probe could not be made: it says nothing, and comes again after `delay`. */
  probeVoid(now: Millis, delay: Millis): void {
    if (this.#state !== "half-open") return;
    this.#state = "open";
    this.#due = millis(now + delay);
  }

  /** Makes the next probe due by `at`. */
  hasten(at: Millis): void {
    if (at < this.#due) this.#due = at;
  }

  #open(now: Millis): void {
    this.#state = "open";
    this.#attempt += 1;
    this.#due = millis(now + backoffDelay(this.#range, this.#attempt, this.#random));
  }
}
