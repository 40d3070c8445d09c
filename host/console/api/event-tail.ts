import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";

/** Newest events kept in memory: listeners that keep up need no disk. */
const kept = 1024;

export interface EventSlice {
  readonly events: readonly EventDocument[];
  readonly oldest: number;
  readonly newest: number;
}

/** The end of the events, for many listeners that each go at their own pace. */
export class EventTail {
  readonly #store: GatewayStore;
  readonly #end: () => void;
  readonly #listeners = new Set<() => void>();
  #recent: EventDocument[] = [];
  #newest: number;

  private constructor(store: GatewayStore, newest: number) {
    this.#store = store;
    this.#newest = newest;
    this.#end = store.onCommit(({ events }) => this.#append(events));
  }

  static async open(store: GatewayStore): Promise<EventTail> {
    const early: EventDocument[] = [];
    const end = store.onCommit(({ events }) => early.push(...events));
    const { newest } = await store.events(0, 1);
    end();
    const tail = new EventTail(store, newest);
    tail.#append(early.filter(({ seq }) => seq > newest));
    return tail;
  }

  /** Number of the newest event. */
  get newest(): number {
    return this.#newest;
  }

  /** Events behind `after`, oldest first; from memory where they are new enough. */
  async read(after: number, limit: number): Promise<EventSlice> {
    const first = this.#recent[0]?.seq ?? this.#newest + 1;
    if (after + 1 < first || after > this.#newest) return this.#store.events(after, limit);
    const from = after + 1 - first;
    return { events: this.#recent.slice(from, from + limit), oldest: 0, newest: this.#newest };
  }

  /** Calls `listener` when there are new events. The returned function ends it. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end();
    this.#listeners.clear();
  }

  #append(events: readonly EventDocument[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      // What is kept has no holes: a place in it is a number.
      if (event.seq !== this.#newest + 1) this.#recent = [];
      this.#recent.push(event);
      this.#newest = event.seq;
    }
    if (this.#recent.length > 2 * kept) this.#recent = this.#recent.slice(-kept);
    for (const listener of [...this.#listeners]) listener();
  }
}
