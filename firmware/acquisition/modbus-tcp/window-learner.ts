import { type Millis, millis } from "../../../shared/base/units.ts";

/** No device gets more at once. */
export const largestWindow = 16;
/** Measured replies until one window size is judged; odd, for the median. */
const epoch = 15;
/** A larger window has to bring the time per transaction down to this share, else it only makes a queue inside the device. */
const worthwhile = 0.95;
/** Measured replies until a window size that was given up is tried again: at first, and at most after doubling with every trouble. */
const shortestRest = 2048;
const longestRest = 131_072;

/**
 * Learns how many transactions a device bears at once. Starts with one and goes up by one while the time per transaction (latency ÷ transactions
 * under way) falls; where it does not, goes back one and rests. Trouble while several are under way halves the window and sets a ceiling, which
 * gives way by one after a long rest only.
 */
export class WindowLearner {
  #window = 1;
  #ceiling = largestWindow;
  #rest = shortestRest;
  /** Measured replies still to come until the next step up; 0 while climbing. */
  #resting = 0;
  /** Time per transaction with one less under way. */
  #costBelow = Number.POSITIVE_INFINITY;
  #costs: number[] = [];
  #troubleAt = millis(Number.NEGATIVE_INFINITY);
  readonly #onSettled: (window: number) => void;

  /**
   * @param start what an earlier run settled on: used at once, and put to the test as any other
   * @param onSettled told of each window that is stayed with
   */
  constructor(start = 1, onSettled: (window: number) => void = () => {}) {
    this.#onSettled = onSettled;
    this.#window = Math.min(largestWindow, Math.max(1, start));
    if (this.#window > 1) this.#resting = this.#rest;
  }

  /** How many transactions may be under way. */
  get window(): number {
    return this.#window;
  }

  /** The largest window it will try for now. */
  get ceiling(): number {
    return this.#ceiling;
  }

  /** @param company how many were under way when the request was sent, itself included: only a full window tells something */
  replied(latency: Millis, company: number): void {
    if (company !== this.#window) return;
    if (this.#resting > 1) {
      this.#resting--;
      return;
    }
    this.#costs.push(latency / company);
    if (this.#costs.length === epoch) this.#judge(median(this.#costs));
  }

  /**
   * A timeout, a foreign reply or a lost connection while more than one transaction was under way.
   * @param sentAt when the oldest request concerned was sent: several reports of one mishap count once
   */
  trouble(sentAt: Millis, now: Millis): void {
    if (sentAt <= this.#troubleAt || this.#window === 1) return;
    this.#troubleAt = now;
    this.#ceiling = this.#window - 1;
    this.#rest = Math.min(longestRest, this.#rest * 2);
    this.#settle(Math.floor(this.#window / 2));
    this.#resting = 0;
  }

  #judge(cost: number): void {
    this.#costs = [];
    if (this.#resting === 1) {
      this.#ceiling = Math.min(largestWindow, Math.max(this.#ceiling, this.#window + 1));
      this.#climb(cost);
    } else if (cost > this.#costBelow * worthwhile) this.#settle(this.#window - 1);
    else this.#climb(cost);
  }

  #climb(cost: number): void {
    if (this.#window >= this.#ceiling) {
      this.#settle(this.#window);
      return;
    }
    this.#resting = 0;
    this.#costBelow = cost;
    this.#window++;
  }

  #settle(window: number): void {
    this.#window = window;
    this.#resting = this.#rest;
    this.#costs = [];
    this.#costBelow = Number.POSITIVE_INFINITY;
    this.#onSettled(window);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
