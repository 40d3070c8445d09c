import type { Millis } from "../../../shared/base/units.ts";

const window = 5000;

/** How many a second, over the last five to ten seconds. */
export class RateMeter {
  #count = 0;
  #begun: { at: Millis; count: number } | undefined;
  #before: { at: Millis; count: number } | undefined;

  add(count: number, now: Millis): void {
    this.#turn(now);
    this.#count += count;
  }

  /** A second; 0 when nothing can be said yet. */
  rate(now: Millis): number {
    this.#turn(now);
    const from = this.#before ?? this.#begun;
    if (from === undefined || now <= from.at) return 0;
    return ((this.#count - from.count) * 1000) / (now - from.at);
  }

  #turn(now: Millis): void {
    this.#begun ??= { at: now, count: this.#count };
    if (now - this.#begun.at < window) return;
    this.#before = this.#begun;
    this.#begun = { at: now, count: this.#count };
  }
}
