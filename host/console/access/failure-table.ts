import type { Clock } from "../../../shared/base/clock.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

interface Failures {
  count: number;
  /** Monotonic. */
  last: number;
  /** Monotonic time before which nobody is heard. */
  until: number;
}

const minute = 60_000;
const longest = 60 * minute;
/** Failures are forgotten so long after the last of them. */
const memory = 24 * 60 * minute;

/** Counts failures by key and tells how long to wait: after so many, 1, 2, 4, … 60 minutes. The key whose last failure is oldest goes when there are too many. */
export class FailureTable {
  readonly #clock: Clock;
  readonly #free: number;
  readonly #most: number;
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  /** @param free so many failures cost nothing but the last of them @param most keys */
  constructor({ clock, free, most }: { readonly clock: Clock; readonly free: number; readonly most: number }) {
    this.#clock = clock;
    this.#free = free;
    this.#most = most;
  }

  get size(): number {
    return this.#failures.size;
  }

  /** How long nobody is heard; 0 when somebody is. */
  wait(key: string): Millis {
    return millis(Math.max(0, (this.#failures.get(key)?.until ?? 0) - this.#clock.monotonic()));
  }

  count(key: string): number {
    return this.#failures.get(key)?.count ?? 0;
  }

  /** Counts one failure. @returns how long nobody is heard from now on, 0 while it is free */
  add(key: string): Millis {
    const now = this.#clock.monotonic();
    const known = this.#failures.get(key);
    const failures = known === undefined || now - known.last > memory ? { count: 0, last: now, until: 0 } : known;
    failures.count++;
    failures.last = now;
    const locked = failures.count < this.#free ? 0 : Math.min(longest, minute * 2 ** Math.min(failures.count - this.#free, 10));
    if (locked > 0) failures.until = now + locked;
    this.#put(key, failures);
    return millis(locked);
  }

  /** Takes one back that was counted ahead. */
  takeBack(key: string): void {
    const failures = this.#failures.get(key);
    if (failures === undefined) return;
    failures.count--;
    if (failures.count < this.#free) failures.until = 0;
    if (failures.count <= 0) this.#failures.delete(key);
  }

  clear(key: string): void {
    this.#failures.delete(key);
  }

  /** Takes up what was counted before a restart. */
  restore(key: string, count: number, wait: Millis): void {
    const now = this.#clock.monotonic();
    this.#put(key, { count, last: now, until: now + Math.min(longest, wait) });
  }

  #put(key: string, failures: Failures): void {
    this.#failures.delete(key);
    this.#failures.set(key, failures);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > this.#most && oldest !== undefined) this.#failures.delete(oldest);
  }
}
