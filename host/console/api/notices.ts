import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { type EventDocument, Severity } from "../../../shared/twin/documents/event-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { EventTail } from "./event-tail.ts";
import type { Sight } from "./sight.ts";

/** Events that are looked at, whether they may be seen or not. */
export const lookedAt = 5000;
export const slice = 500;

/** The newest events that somebody may see, of the severities asked for, newest first: as far back as one look goes. */
export async function newestEvents(tail: EventTail, sight: Sight, severities: ReadonlySet<string>): Promise<readonly EventDocument[]> {
  const found: EventDocument[] = [];
  const { newest } = tail;
  for (let after = Math.max(0, newest - lookedAt); after < newest; ) {
    const { events } = await tail.read(after, slice);
    for (const event of events) if (severities.has(event.severity) && sight.event(event)) found.push(event);
    const last = events.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  return found.reverse();
}

const noticed: ReadonlySet<string> = new Set([Severity.notice, Severity.warning, Severity.alarm]);

/** Where the number of the newest notice that somebody has read is kept. */
const readKey = ({ id }: Actor): string => `console/notices/${id}`;

/** Events that deserve a look, and how far each person has read them. */
export class NoticeBook {
  readonly #store: GatewayStore;
  readonly #tail: EventTail;

  constructor({ store, tail }: { readonly store: GatewayStore; readonly tail: EventTail }) {
    this.#store = store;
    this.#tail = tail;
  }

  async list(
    actor: Actor,
    sight: Sight,
    limit: number,
  ): Promise<{ readonly unread: number; readonly read: number; readonly items: readonly EventDocument[] }> {
    const read = await this.#readUpTo(actor);
    const all = await newestEvents(this.#tail, sight, noticed);
    return { unread: all.filter(({ seq }) => seq > read).length, read, items: all.slice(0, limit) };
  }

  /** All up to `seq` were read; what was read stays so. */
  async markRead(actor: Actor, seq: number): Promise<void> {
    const value = Math.min(seq, this.#tail.newest);
    if (value <= (await this.#readUpTo(actor))) return;
    await this.#store.commit({ actor: actor.id, state: [{ key: readKey(actor), value }] });
  }

  async #readUpTo(actor: Actor): Promise<number> {
    const known = await this.#store.state(readKey(actor));
    return typeof known === "number" ? known : 0;
  }
}
