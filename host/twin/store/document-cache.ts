import type { Bytes } from "../../../shared/base/units.ts";
import type { KeptDocument } from "./kept-document.ts";

/** What an object of JSON takes in memory for each character of its text, roughly, and what an entry takes beside it. */
const perCharacter = 3;
const perEntry = 200;

/** Documents in memory, the ones that were not wanted for longest given up first. */
export class DocumentCache {
  readonly #limit: Bytes;
  readonly #entries = new Map<string, KeptDocument>();
  #bytes = 0;
  hits = 0;
  misses = 0;

  constructor(limit: Bytes) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): KeptDocument | undefined {
    const found = this.#entries.get(key);
    if (found === undefined) {
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  /** As `get`, but leaves the order as it is. */
  peek(key: string): KeptDocument | undefined {
    return this.#entries.get(key);
  }

  put(key: string, kept: KeptDocument): void {
    this.delete(key);
    this.#entries.set(key, kept);
    this.#bytes += costOf(kept);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) return;
      this.delete(oldest);
    }
  }

  /** Keeps it where no other has to go for it: a walk over all documents must not drive out those that are wanted. */
  putIfRoom(key: string, kept: KeptDocument): void {
    if (this.#bytes + costOf(kept) <= this.#limit) this.put(key, kept);
  }

  delete(key: string): void {
    const found = this.#entries.get(key);
    if (found === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= costOf(found);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

const costOf = ({ length }: KeptDocument): number => length * perCharacter + perEntry;
