import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import type { LiveReading } from "../../../shared/console/gateway-ports.ts";
import type { BoardLinkState } from "../../../shared/twin/documents/board-document.ts";
import type { StreamConnection } from "./stream-connection.ts";

export interface ValueFollowerParts {
  readonly connection: StreamConnection;
  readonly clock: Clock;
  readonly coalesce: Millis;
  /** Called with how many values were replaced by newer ones before a slow listener had read them. */
  readonly onReplaced: (count: number) => void;
}

/** Values in one event. */
const together = 256;

/** Puts the newest values and links together and sends them as fast as the listener reads: of each there is at most one, the newest, that waits. */
export class ValueFollower {
  readonly #parts: ValueFollowerParts;
  readonly #values = new Map<string, LiveReading>();
  readonly #links = new Map<string, BoardLinkState>();
  #sentAt = Number.NEGATIVE_INFINITY;
  #armed: Disarm | undefined;

  constructor(parts: ValueFollowerParts) {
    this.#parts = parts;
    const { connection } = parts;
    connection.onFree(() => this.#schedule());
    connection.onClose(() => {
      this.#armed?.();
      this.#values.clear();
      this.#links.clear();
    });
  }

  /** Values that came; with what waits already, the newer takes the place of the older. */
  add(values: Iterable<LiveReading>): void {
    const slow = !this.#parts.connection.free;
    let replaced = 0;
    for (const value of values) {
      const key = `${value.thing}/${value.feature}`;
      if (slow && this.#values.has(key)) replaced += 1;
      this.#values.set(key, value);
    }
    if (replaced > 0) this.#parts.onReplaced(replaced);
    this.#schedule();
  }

  addLink(board: string, link: BoardLinkState): void {
    this.#links.set(board, link);
    this.#schedule();
  }

  /** The first change after a quiet while goes out at once; what follows waits for its fellows. */
  #schedule(): void {
    const { clock, coalesce, connection } = this.#parts;
    if (this.#armed !== undefined || !connection.free || this.#values.size + this.#links.size === 0) return;
    const wait = this.#sentAt + coalesce - clock.monotonic();
    if (wait <= 0) this.#flush();
    else {
      this.#armed = clock.after(millis(wait), () => {
        this.#armed = undefined;
        this.#flush();
      });
    }
  }

  #flush(): void {
    const { clock, connection } = this.#parts;
    this.#sentAt = clock.monotonic();
    for (const [board, link] of this.#links) {
      if (!connection.free) return;
      this.#links.delete(board);
      connection.send(`event: link\ndata: ${JSON.stringify({ board, link })}\n\n`);
    }
    while (connection.free && this.#values.size > 0) {
      const batch: LiveReading[] = [];
      for (const [key, value] of this.#values) {
        batch.push(value);
        this.#values.delete(key);
        if (batch.length === together) break;
      }
      connection.send(`event: values\ndata: ${JSON.stringify(batch)}\n\n`);
    }
  }
}
