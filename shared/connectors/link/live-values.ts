import type { LiveValue } from "./link-message.ts";

/** What one value takes in a message besides its texts and payload. */
const overhead = 64;

export interface LiveBounds {
  readonly values: number;
  readonly bytes: number;
}

/** The newest value of each point that waits to be sent: a newer one takes the place of an older one. */
export class LiveValues {
  readonly #bounds: LiveBounds;
  readonly #waiting = new Map<string, LiveValue>();
  #bytes = 0;
  /** Values that gave way to newer ones of the same point. */
  replaced = 0;
  /** Values that gave way because the bound was met. */
  dropped = 0;

  constructor(bounds: LiveBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#waiting.size;
  }

  put(value: LiveValue): void {
    const name = `${value.stream}/${value.key}`;
    const before = this.#waiting.get(name);
    if (before !== undefined) {
      this.replaced++;
      this.#bytes -= sizeOf(before);
    }
    this.#waiting.set(name, value);
    this.#bytes += sizeOf(value);
    while ((this.#waiting.size > this.#bounds.values || this.#bytes > this.#bounds.bytes) && this.#waiting.size > 0) {
      this.#takeOldest();
      this.dropped++;
    }
  }

  /** Those that wait longest, no more than `most.values` and as many as `most.bytes` hold, at least one of these. */
  take(most: LiveBounds): readonly LiveValue[] {
    const taken: LiveValue[] = [];
    let size = 0;
    for (const value of this.#waiting.values()) {
      size += sizeOf(value);
      if (taken.length >= most.values || (taken.length > 0 && size > most.bytes)) break;
      taken.push(value);
    }
    for (let count = 0; count < taken.length; count++) this.#takeOldest();
    return taken;
  }

  /** Forgets those that need not be sent any more. */
  drop(isNeedless: (value: LiveValue) => boolean): void {
    for (const [name, value] of this.#waiting) {
      if (!isNeedless(value)) continue;
      this.#waiting.delete(name);
      this.#bytes -= sizeOf(value);
    }
  }

  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }

  #takeOldest(): void {
    for (const [name, value] of this.#waiting) {
      this.#waiting.delete(name);
      this.#bytes -= sizeOf(value);
      return;
    }
  }
}

function sizeOf(value: LiveValue): number {
  return overhead + value.stream.length + value.key.length + value.payload.length;
}
