/** Lets readers to the database, but for the time when it is opened anew. */
export class StoreGate {
  #closed: Promise<void> | undefined = undefined;
  #readers = 0;
  #gone: () => void = () => {};

  /** Reads as soon as the database may be read. Reads within reads would wait for themselves. */
  async pass<T>(read: () => Promise<T>): Promise<T> {
    while (this.#closed !== undefined) await this.#closed;
    this.#readers += 1;
    try {
      return await read();
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#gone();
    }
  }

  /** Does `work` when all readers have gone, and lets nobody through until it is over, however it ends. One at a time. */
  async closedFor(work: () => Promise<void>): Promise<void> {
    let open = (): void => {};
    this.#closed = new Promise((resolve) => {
      open = resolve;
    });
    try {
      if (this.#readers > 0) {
        await new Promise<void>((resolve) => {
          this.#gone = resolve;
        });
      }
      await work();
    } finally {
      this.#closed = undefined;
      open();
    }
  }
}
