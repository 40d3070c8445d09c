/** Keys that wait for something, by what they wait for. */
export class WaitingKeys {
  readonly #keys = new Map<string, Set<string>>();

  add(what: string, key: string): void {
    const keys = this.#keys.get(what);
    if (keys === undefined) this.#keys.set(what, new Set([key]));
    else keys.add(key);
  }

  /** Those that waited for it; they wait no longer. */
  take(what: string): readonly string[] {
    const keys = this.#keys.get(what);
    this.#keys.delete(what);
    return keys === undefined ? [] : [...keys];
  }
}
