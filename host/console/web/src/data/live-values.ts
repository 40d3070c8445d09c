import type { LiveReading } from "./gateway-types.ts";

/** So many values are kept; beyond them new ones are counted and left out. */
export const mostLiveValues = 50_000;

const keyOf = (thing: string, feature: string): string => `${thing}/${feature}`;

/**
 * The newest values, by feature. Readers are told once per frame and only of what changed, so that a thousand values that stream cost what the few on
 * the screen cost.
 */
export class LiveValues {
  readonly #values = new Map<string, LiveReading>();
  readonly #readers = new Map<string, Set<() => void>>();
  readonly #changed = new Set<string>();
  readonly #nextFrame: (work: () => void) => void;
  #planned = false;
  /** Values left out because there were too many. */
  leftOut = 0;

  /** @param parts `nextFrame` runs work before the screen is drawn next */
  constructor(parts: { readonly nextFrame: (work: () => void) => void }) {
    this.#nextFrame = parts.nextFrame;
  }

  get(thing: string, feature: string): LiveReading | undefined {
    return this.#values.get(keyOf(thing, feature));
  }

  /** Takes in values; one that is older than what is known is passed over. */
  take(readings: readonly LiveReading[]): void {
    for (const reading of readings) {
      const key = keyOf(reading.thing, reading.feature);
      const known = this.#values.get(key);
      if (known !== undefined && known.received > reading.received) continue;
      if (known === undefined && this.#values.size >= mostLiveValues) {
        this.leftOut++;
        continue;
      }
      this.#values.set(key, reading);
      if (this.#readers.has(key)) this.#changed.add(key);
    }
    if (this.#changed.size === 0 || this.#planned) return;
    this.#planned = true;
    this.#nextFrame(() => this.#tell());
  }

  /** Calls `listener` when the feature has another value. The returned function ends it. */
  subscribe(thing: string, feature: string, listener: () => void): () => void {
    const key = keyOf(thing, feature);
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers.add(listener));
    return () => {
      readers.delete(listener);
      if (readers.size === 0 && this.#readers.get(key) === readers) this.#readers.delete(key);
    };
  }

  /** Forgets everything: somebody else logs in. */
  clear(): void {
    for (const key of this.#values.keys()) if (this.#readers.has(key)) this.#changed.add(key);
    this.#values.clear();
    this.#tell();
  }

  #tell(): void {
    this.#planned = false;
    const keys = [...this.#changed];
    this.#changed.clear();
    for (const key of keys) for (const listener of [...(this.#readers.get(key) ?? [])]) listener();
  }
}
