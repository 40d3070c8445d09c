/**
 * Which hours of points are marked on disk, as far as this process knows: what is not known here is marked again, which does no harm.
 * It also tells whether an hour was written to since a moment, or is in a batch under way. Hours are numbers of `hourOfPoint`.
 */
export class HourMarks {
  /** By hour: the moment of the last write. */
  readonly #marked = new Map<number, number>();
  /** The hours of every batch under way. */
  readonly #open = new Set<ReadonlySet<number>>();
  #moment = 0;
  #earliest = Number.NEGATIVE_INFINITY;

  /** Begins a new moment, and gives its number. */
  advance(): number {
    this.#moment += 1;
    return this.#moment;
  }

  /** No marked hour begins before this one. */
  get earliest(): number {
    return this.#earliest;
  }

  /** All marks are about to be looked at: {@link remains} tells of those that stay. */
  beginScan(): void {
    this.#earliest = Number.POSITIVE_INFINITY;
  }

  remains(begin: number): void {
    this.#earliest = Math.min(this.#earliest, begin);
  }

  /** The scan did not get to its end. */
  endScan(complete: boolean): void {
    if (!complete) this.#earliest = Number.NEGATIVE_INFINITY;
  }

  /** Takes note of a write. @param begin of the hour @returns whether its batch has to mark the hour */
  touch(key: number, begin: number): boolean {
    const moment = this.#marked.get(key);
    if (moment === undefined) {
      this.remains(begin);
      return true;
    }
    if (moment !== this.#moment) this.#marked.set(key, this.#moment);
    return false;
  }

  /** A batch is under way. */
  opened(keys: ReadonlySet<number>): void {
    this.#open.add(keys);
  }

  /** A batch came to its end. One that failed may have been written all the same, when only the sync of it did: its hours count as written to. */
  closed(keys: ReadonlySet<number>, kept: boolean): void {
    this.#open.delete(keys);
    for (const key of keys) if (kept || this.#marked.has(key)) this.#marked.set(key, this.#moment);
  }

  /** True when nothing was written to the hour since `moment` began, and no batch under way has something of it. */
  quietSince(key: number, moment: number): boolean {
    if ((this.#marked.get(key) ?? -1) >= moment) return false;
    for (const keys of this.#open) if (keys.has(key)) return false;
    return true;
  }

  /** The mark goes with a batch that is being put together: writes behind it mark again, whatever becomes of that batch. */
  clear(key: number): void {
    this.#marked.delete(key);
  }

  /** Forgets marks of a point that is gone. @param belongs tells them */
  forget(belongs: (key: number) => boolean): void {
    for (const key of this.#marked.keys()) if (belongs(key)) this.#marked.delete(key);
  }
}
