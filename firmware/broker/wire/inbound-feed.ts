/** Bytes on their way to the parser, and how many packets end in them. */
interface Chunk {
  readonly bytes: Buffer;
  readonly packets: number;
}

export interface InboundFeedParts {
  /** Tells the reader that there are bytes; it takes them at once, or asks later. May throw. */
  readonly ready: () => void;
  /** `ready` threw. */
  readonly failed: (error: unknown) => void;
  /** Everything was taken: more may come. */
  readonly emptied: () => void;
}

/**
 * Hands bytes to a reader one chunk at a time, never from within its own reading: what the reader throws is caught here.
 * The reader asks again each time it has dealt with packets; after a chunk in which no packet ends it cannot know that it should.
 */
export class InboundFeed {
  readonly #parts: InboundFeedParts;
  readonly #chunks: Chunk[] = [];
  #current: Buffer | undefined;
  #hungry = true;
  #feeding = false;
  #armed = false;

  constructor(parts: InboundFeedParts) {
    this.#parts = parts;
  }

  /** True while bytes wait for the reader. */
  get waiting(): boolean {
    return this.#chunks.length > 0;
  }

  push(bytes: Buffer, packets: number): void {
    this.#chunks.push({ bytes, packets });
    this.#feed();
  }

  /** The reader's call: the chunk announced, or null and it is told when there is one. */
  take(): Buffer | null {
    const bytes = this.#current;
    this.#current = undefined;
    if (bytes !== undefined) return bytes;
    this.#hungry = true;
    if (this.#chunks.length > 0 && !this.#armed) {
      this.#armed = true;
      setImmediate(() => {
        this.#armed = false;
        this.#feed();
      });
    }
    return null;
  }

  /** Forgets all bytes and asks for no more. */
  stop(): void {
    this.#chunks.length = 0;
    this.#current = undefined;
    this.#feeding = true;
  }

  #feed(): void {
    while (this.#hungry && !this.#feeding) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) return;
      this.#current = chunk.bytes;
      this.#hungry = false;
      this.#feeding = true;
      let failure: unknown;
      let failed = false;
      try {
        this.#parts.ready();
      } catch (error) {
        failed = true;
        failure = error;
      }
      this.#feeding = false;
      if (failed) {
        this.stop();
        this.#parts.failed(failure);
        return;
      }
      // The reader was busy and will ask.
      if (this.#current !== undefined) {
        this.#current = undefined;
        return;
      }
      this.#chunks.shift();
      if (chunk.packets === 0) this.#hungry = true;
      if (this.#chunks.length === 0) this.#parts.emptied();
    }
  }
}
