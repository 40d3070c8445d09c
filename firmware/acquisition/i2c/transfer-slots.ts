interface Waiting {
  readonly probe: boolean;
  readonly grant: () => void;
}

/** Threads of libuv's pool when the environment says nothing. */
const usualPool = 4;
const largestPool = 1024;

/** How many threads libuv's pool has. @param setting `UV_THREADPOOL_SIZE` of the environment */
export function threadPoolSize(setting: string | undefined): number {
  const size = Number.parseInt(setting ?? "", 10);
  return Number.isNaN(size) ? usualPool : Math.min(largestPool, Math.max(1, size));
}

/**
 * Shares the threads that transfers may hold among all I2C buses. The kernel gives a thread back only when the transfer is over, which on a
 * stuck bus takes a second or more; stores, files and names need threads of the same pool. So buses together hold all threads but one at
 * most, one a bus, and those that try whether they are still stuck leave one for the healthy ones.
 */
export class TransferSlots {
  readonly bound: number;
  #taken = 0;
  #waiting: readonly Waiting[] = [];

  /** @param threads size of the pool */
  constructor(threads: number) {
    this.bound = Math.max(1, threads - 1);
  }

  get taken(): number {
    return this.#taken;
  }

  /** Waits for a slot. @param probe the bus was stuck when it was last used */
  take(probe: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { probe, grant: resolve }];
      this.#grant();
    });
  }

  /** Gives a slot back. */
  give(): void {
    this.#taken--;
    this.#grant();
  }

  #grant(): void {
    for (;;) {
      const next = this.#waiting.find(({ probe }) => this.#taken < (probe ? Math.max(1, this.bound - 1) : this.bound));
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#taken++;
      next.grant();
    }
  }
}
