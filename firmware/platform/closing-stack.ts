/** Closes what was opened, in reverse order. Node 20 on 32-bit boards has no AsyncDisposableStack. */
export class ClosingStack {
  #opened: { close(): Promise<void> | void }[] = [];

  /** Takes charge of `one` and gives it back. */
  add<One extends { close(): Promise<void> | void }>(one: One): One {
    this.#opened.push(one);
    return one;
  }

  /** Closes all, the last opened first; one that fails keeps no other open. The first failure is thrown at the end. Calling it again does nothing. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = [];
    const failures: unknown[] = [];
    for (const one of opened.toReversed()) {
      try {
        await one.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
