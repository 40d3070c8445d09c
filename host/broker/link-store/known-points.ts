/** Points of one board are remembered up to this number; readings of others are refused. */
const mostPoints = 50_000;

/** What one board may say something about, as far as it was looked up: so that a record costs no look at the store. */
export class KnownPoints {
  /** By thing and feature: true when the board's readings are taken, false when they are refused. */
  readonly #things = new Map<string, Map<string, boolean>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** No more points are remembered. */
  get full(): boolean {
    return this.#size >= mostPoints;
  }

  /** `undefined`: has to be looked up. */
  get(thing: string, feature: string): boolean | undefined {
    return this.#things.get(thing)?.get(feature);
  }

  set(thing: string, feature: string, isTaken: boolean): void {
    let features = this.#things.get(thing);
    if (features === undefined) {
      if (this.full) return;
      features = new Map();
      this.#things.set(thing, features);
    }
    if (!features.has(feature)) {
      if (this.full) return;
      this.#size++;
    }
    features.set(feature, isTaken);
  }

  /** The thing changed hands or is gone. */
  forget(thing: string): void {
    const features = this.#things.get(thing);
    if (features === undefined) return;
    this.#size -= features.size;
    this.#things.delete(thing);
  }
}
