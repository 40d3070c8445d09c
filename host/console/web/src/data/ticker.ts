import { Observable } from "./observable.ts";

/** The time for words such as `4 s ago`: moves once a second while somebody looks. */
export class Ticker {
  readonly #time: Observable<number>;
  readonly #now: () => number;
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: { readonly now: () => number }) {
    this.#now = parts.now;
    this.#time = new Observable(parts.now());
  }

  readonly get = (): number => this.#time.get();

  readonly subscribe = (listener: () => void): (() => void) => {
    const end = this.#time.subscribe(listener);
    if (this.#watchers++ === 0) {
      this.#time.set(this.#now());
      this.#timer = setInterval(() => this.#time.set(this.#now()), 1000);
    }
    return () => {
      end();
      if (--this.#watchers === 0) clearInterval(this.#timer);
    };
  };
}
