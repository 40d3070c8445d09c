import { isReserved } from "./topic-filter.ts";

/** One level of the tree of filters. */
class Level<Value> {
  readonly next = new Map<string, Level<Value>>();
  /** Values whose filter ends here. */
  readonly here = new Set<Value>();
  /** Values whose filter ends in `#` behind this level. */
  readonly below = new Set<Value>();

  get empty(): boolean {
    return this.next.size === 0 && this.here.size === 0 && this.below.size === 0;
  }
}

/** How a table treats what it found. */
export interface FilterTableOptions<Value> {
  /** Topics whose answer is kept; when there are more, all are forgotten. Default 16,384. */
  readonly cacheSize?: number;
  /** Applied to a match before it is kept: merges values that belong together. */
  readonly merge?: (values: readonly Value[]) => readonly Value[];
}

/** Values under topic filters, found by topic. Answers are cached until the next change. MQTT 3.1.1 §4.7. */
export class FilterTable<Value> {
  readonly #root = new Level<Value>();
  readonly #cache = new Map<string, readonly Value[]>();
  readonly #none: readonly Value[] = [];
  readonly #cacheSize: number;
  readonly #merge: (values: readonly Value[]) => readonly Value[];
  #size = 0;

  constructor({ cacheSize = 16_384, merge = (values) => values }: FilterTableOptions<Value> = {}) {
    this.#cacheSize = cacheSize;
    this.#merge = merge;
  }

  /** How many pairs of filter and value there are. */
  get size(): number {
    return this.#size;
  }

  /** Puts a value under a well-formed filter; the same pair twice counts once. */
  add(filter: string, value: Value): void {
    const levels = filter.split("/");
    const below = levels.at(-1) === "#";
    if (below) levels.pop();
    let at = this.#root;
    for (const level of levels) {
      let next = at.next.get(level);
      if (next === undefined) {
        next = new Level();
        at.next.set(level, next);
      }
      at = next;
    }
    const values = below ? at.below : at.here;
    if (values.has(value)) return;
    values.add(value);
    this.#size++;
    this.#cache.clear();
  }

  /** Takes a value away from a filter. Nothing happens when it is not there. */
  remove(filter: string, value: Value): void {
    const levels = filter.split("/");
    const below = levels.at(-1) === "#";
    if (below) levels.pop();
    const path: Level<Value>[] = [this.#root];
    for (const level of levels) {
      const next = path.at(-1)?.next.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    const last = path.at(-1);
    if (last === undefined || !(below ? last.below : last.here).delete(value)) return;
    this.#size--;
    this.#cache.clear();
    for (let depth = levels.length; depth > 0 && path[depth]?.empty === true; depth--)
      path[depth - 1]?.next.delete(levels[depth - 1] ?? "");
  }

  /** The values of all filters that match a topic, each once, merged. Must not be changed by the caller. */
  match(topic: string): readonly Value[] {
    if (this.#size === 0) return this.#none;
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const found = new Set<Value>();
    this.#collect(this.#root, topic, 0, found);
    const values = found.size === 0 ? this.#none : this.#merge([...found]);
    if (this.#cache.size >= this.#cacheSize) this.#cache.clear();
    this.#cache.set(topic, values);
    return values;
  }

  #collect(at: Level<Value>, topic: string, start: number, found: Set<Value>): void {
    const wild = start > 0 || !isReserved(topic);
    if (wild) for (const value of at.below) found.add(value);
    if (start > topic.length) {
      for (const value of at.here) found.add(value);
      return;
    }
    const slash = topic.indexOf("/", start);
    const end = slash === -1 ? topic.length : slash;
    const exact = at.next.get(topic.slice(start, end));
    if (exact !== undefined) this.#collect(exact, topic, end + 1, found);
    const any = wild ? at.next.get("+") : undefined;
    if (any !== undefined) this.#collect(any, topic, end + 1, found);
  }
}
