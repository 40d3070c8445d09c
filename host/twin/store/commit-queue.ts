export interface CommitQueueParts<Entry> {
  /** What an entry weighs. */
  readonly weigh: (entry: Entry) => number;
  /** Weight of a batch at most; one entry always goes. */
  readonly most: number;
  /** Writes one batch and answers its entries. Never rejects. */
  readonly write: (entries: readonly Entry[]) => Promise<void>;
}

/** Lets those that wait together go together: one batch at a time, each of what came while the one before was written. */
export class CommitQueue<Entry> {
  readonly #parts: CommitQueueParts<Entry>;
  #waiting: Entry[] = [];
  #running: Promise<void> | undefined = undefined;

  constructor(parts: CommitQueueParts<Entry>) {
    this.#parts = parts;
  }

  /** Entries that no batch has taken. */
  get waiting(): number {
    return this.#waiting.length;
  }

  push(entry: Entry): void {
    this.#waiting.push(entry);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits or is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Those that are answered by the last batch, or come with the same turn of the event loop, join the next one.
      await new Promise<void>((resolve) => setImmediate(resolve));
      await this.#parts.write(this.#take());
    }
    this.#running = undefined;
  }

  #take(): readonly Entry[] {
    let weight = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      weight += this.#parts.weigh(entry);
      if (count > 0 && weight > this.#parts.most) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
