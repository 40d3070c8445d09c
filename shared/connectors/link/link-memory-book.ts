import type { LinkMemory, LinkMemoryStore } from "../ports.ts";

/** What a board must know of its link, in memory and, one change after the other, on disk. */
export class LinkMemoryBook {
  readonly #store: LinkMemoryStore;
  #kept: LinkMemory;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(store: LinkMemoryStore, kept: LinkMemory) {
    this.#store = store;
    this.#kept = kept;
  }

  /** @param newOrigin 32 hexadecimal digits, random: names the storage when it is new */
  static async open(store: LinkMemoryStore, newOrigin: () => string): Promise<LinkMemoryBook> {
    const loaded = await store.load();
    if (loaded !== undefined) return new LinkMemoryBook(store, loaded);
    const fresh: LinkMemory = { origin: newOrigin(), floor: 0, term: 0, epoch: 0, applied: 0, begun: undefined, results: [] };
    // A full disk must not keep the board from starting: no gateway is welcomed before a later change has brought this to disk.
    await store.save(fresh).catch(() => undefined);
    return new LinkMemoryBook(store, fresh);
  }

  /** As it is on disk. */
  get kept(): LinkMemory {
    return this.#kept;
  }

  /** Makes a change of what is kept by then; resolves when it is on disk. What could not be written did not happen. */
  update(change: (kept: LinkMemory) => Partial<LinkMemory>): Promise<void> {
    const next = this.#running.then(async () => {
      const changed = { ...this.#kept, ...change(this.#kept) };
      await this.#store.save(changed);
      this.#kept = changed;
    });
    this.#running = next.catch(() => undefined);
    return next;
  }
}
