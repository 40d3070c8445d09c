/** Beyond so many things the stream brings all of them: their names would make the address too long. */
const mostNames = 60;

/** Which things' values are on the screen, by how many places show them. */
export class WantedThings {
  readonly #counts = new Map<string, number>();

  /** Adds things; the returned function takes them back. */
  add(things: readonly string[]): () => void {
    for (const thing of things) this.#counts.set(thing, (this.#counts.get(thing) ?? 0) + 1);
    let taken = false;
    return () => {
      if (taken) return;
      taken = true;
      for (const thing of things) {
        const count = (this.#counts.get(thing) ?? 0) - 1;
        if (count > 0) this.#counts.set(thing, count);
        else this.#counts.delete(thing);
      }
    };
  }

  /** What to ask the stream for: names in order joined by commas, `*` for all, `undefined` for none. */
  query(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    if (this.#counts.has("*") || this.#counts.size > mostNames) return "*";
    return [...this.#counts.keys()].sort().join(",");
  }
}
