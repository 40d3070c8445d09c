import type { Clock } from "../../../shared/base/clock.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import { BelievedWall } from "../../platform/believed-wall.ts";
import type { StoreDatabase } from "./store-database.ts";
import type { StoreGate } from "./store-gate.ts";
import { asText, endOf, numberedKey, numberOf, Space } from "./store-keys.ts";
import type { StoreBounds } from "./store-options.ts";

/** Events that one batch may remove beside those that it makes room for. */
const pruneStep = 16;

export interface EventLogParts {
  readonly db: StoreDatabase;
  readonly gate: StoreGate;
  readonly clock: Clock;
  readonly bounds: StoreBounds;
}

/** The events that are kept, and where their subscribers stand. */
export class EventLog {
  readonly #parts: EventLogParts;
  readonly #cursors = new Map<string, number>();
  readonly #wall: BelievedWall;
  #oldest = 1;
  #newest = 0;
  pruned = 0;

  constructor(parts: EventLogParts) {
    this.#parts = parts;
    this.#wall = new BelievedWall(parts.clock);
  }

  /** The first that is kept; one above `newest` when none is. */
  get oldest(): number {
    return this.#oldest;
  }

  get newest(): number {
    return this.#newest;
  }

  get subscribers(): number {
    return this.#cursors.size;
  }

  /** Reads what the disk has. */
  async load(): Promise<void> {
    const { db } = this.#parts;
    const range = { ...asText, gte: Space.event, lt: endOf(Space.event), limit: 1 };
    const [first] = await db.keys<string>(range).all();
    const [last] = await db.keys<string>({ ...range, reverse: true }).all();
    this.#oldest = first === undefined ? 1 : numberOf(first);
    this.#newest = last === undefined ? 0 : numberOf(last);
    this.#cursors.clear();
    for (const [key, seq] of await db.iterator<string, string>({ ...asText, gte: Space.eventCursor, lt: endOf(Space.eventCursor) }).all())
      this.#cursors.set(key.slice(Space.eventCursor.length), Number(seq));
  }

  async read(
    after: number,
    limit: number,
  ): Promise<{ readonly events: readonly EventDocument[]; readonly oldest: number; readonly newest: number }> {
    const { db, gate } = this.#parts;
    const range = { ...asText, gt: numberedKey(Space.event, Math.max(0, after)), lt: endOf(Space.event), limit };
    const texts = after >= this.#newest ? [] : await gate.pass(() => db.values<string, string>(range).all());
    return { events: texts.map((text): EventDocument => JSON.parse(text)), oldest: this.#oldest, newest: this.#newest };
  }

  cursor(subscriber: string): number | undefined {
    return this.#cursors.get(subscriber);
  }

  moveCursor(subscriber: string, seq: number): void {
    this.#cursors.set(subscriber, seq);
  }

  /**
   * The oldest events that are to go when `made` more are written: those that are too many, then those that are old enough and that all subscribers have.
   * The newest event always stays, since its number says where to go on.
   */
  planPrune(made: number): number {
    const { db, bounds } = this.#parts;
    const most = this.#oldest + made + pruneStep;
    const surplus = this.#newest + made - bounds.events + 1;
    let old = this.#newest;
    for (const seq of this.#cursors.values()) old = Math.min(old, seq + 1);
    const before = this.#wall.now() - bounds.eventAge;
    let floor = this.#oldest;
    for (; floor < most && floor < this.#newest; floor++) {
      if (floor < surplus) continue;
      if (floor >= old) break;
      const text = db.getSync<string, string>(numberedKey(Space.event, floor), asText);
      if (text !== undefined && JSON.parse(text).at > before) break;
    }
    return floor;
  }

  /** A batch is on disk that wrote events up to `newest` and removed those below `oldest`. */
  settle(oldest: number, newest: number): void {
    this.pruned += oldest - this.#oldest;
    this.#oldest = oldest;
    this.#newest = newest;
  }
}
