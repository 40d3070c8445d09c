/**
 * A binary heap of slot numbers kept in typed arrays: it costs four bytes a slot and no objects. A slot is in it at most once and can be taken
 * out from anywhere in O(log n).
 */
export class SlotHeap {
  readonly #slots: Uint16Array;
  /** Where each slot lies in `#slots`, counted from 1; 0 where it does not. */
  readonly #places: Uint16Array;
  readonly #before: (a: number, b: number) => boolean;
  #size = 0;

  /** @param capacity slots are 0 … capacity − 1, at most 65,535 of them @param before a strict order of slots */
  constructor(capacity: number, before: (a: number, b: number) => boolean) {
    this.#slots = new Uint16Array(capacity);
    this.#places = new Uint16Array(capacity);
    this.#before = before;
  }

  get size(): number {
    return this.#size;
  }

  /** The first slot, left where it is. */
  get top(): number | undefined {
    return this.#size === 0 ? undefined : this.#slots[0];
  }

  has(slot: number): boolean {
    return this.#places[slot] !== 0;
  }

  /** Puts a slot in that is not in. */
  push(slot: number): void {
    this.#rise(this.#size++, slot);
  }

  /** Takes a slot out; does nothing when it is not in. */
  remove(slot: number): void {
    const place = this.#places[slot] ?? 0;
    if (place === 0) return;
    this.#places[slot] = 0;
    const moved = this.#at(--this.#size);
    if (moved !== slot) this.#sink(place - 1, moved);
  }

  /** Takes the first slot out. */
  pop(): number | undefined {
    const slot = this.top;
    if (slot !== undefined) this.remove(slot);
    return slot;
  }

  #at(index: number): number {
    return this.#slots[index] ?? 0;
  }

  #put(index: number, slot: number): void {
    this.#slots[index] = slot;
    this.#places[slot] = index + 1;
  }

  #rise(from: number, slot: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#at(above);
      if (!this.#before(slot, parent)) break;
      this.#put(index, parent);
      index = above;
    }
    this.#put(index, slot);
  }

  /** Lets a slot find its place from `from` downwards; one that was already small enough rises instead. */
  #sink(from: number, slot: number): void {
    let index = from;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= this.#size) break;
      if (below + 1 < this.#size && this.#before(this.#at(below + 1), this.#at(below))) below++;
      const child = this.#at(below);
      if (!this.#before(child, slot)) break;
      this.#put(index, child);
      index = below;
    }
    this.#rise(index, slot);
  }
}
