import { backoffDelay } from "../../../shared/base/backoff.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import { millis } from "../../../shared/base/units.ts";

interface Failures {
  count: number;
  /** Monotonic time before which nobody from there is heard. */
  until: number;
}

const free = 5;
const range = { initial: millis(1000), max: millis(300_000) };
const most = 1024;

/** Makes guessing passwords slow: after five wrong ones, an address waits longer after each further one, up to five minutes. */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** In the order of the last failure. */
  readonly #addresses = new Map<string, Failures>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: () => number }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** True while an address must wait. */
  blocked(address: string): boolean {
    return (this.#addresses.get(address)?.until ?? 0) > this.#clock.monotonic();
  }

  failed(address: string): void {
    const failures = this.#addresses.get(address) ?? { count: 0, until: 0 };
    failures.count++;
    if (failures.count >= free) failures.until = this.#clock.monotonic() + backoffDelay(range, failures.count - free + 1, this.#random);
    this.#addresses.delete(address);
    this.#addresses.set(address, failures);
    if (this.#addresses.size <= most) return;
    const [oldest] = this.#addresses.keys();
    if (oldest !== undefined) this.#addresses.delete(oldest);
  }

  succeeded(address: string): void {
    this.#addresses.delete(address);
  }
}
