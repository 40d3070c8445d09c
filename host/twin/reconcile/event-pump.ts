import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";

export interface EventPumpParts {
  readonly store: Pick<GatewayStore, "events" | "onCommit" | "eventCursor" | "setEventCursor">;
  readonly clock: Clock;
  readonly log: Log;
  /** Names its place among the events, which outlasts a restart. */
  readonly subscriber: string;
  readonly onEvent: (event: EventDocument) => void;
  /** Events behind its place are gone: everything has to be looked at. */
  readonly onGap: () => void;
}

const pageSize = 500;
/** Its place is kept so often: what it has seen since is seen again after a crash. */
const keepEvery: Millis = millis(10_000);

/** Gives every event once and in order, and again what it may not have seen to its end before a crash. */
export class EventPump {
  readonly #parts: EventPumpParts;
  readonly #end: () => void;
  #after = 0;
  #kept = 0;
  #wanted = false;
  #pumping: Promise<void> | undefined;
  #disarm: Disarm | undefined;
  #closed = false;

  private constructor(parts: EventPumpParts) {
    this.#parts = parts;
    this.#end = parts.store.onCommit(({ events }) => {
      if (events.length > 0) this.#pump();
    });
  }

  static async open(parts: EventPumpParts): Promise<EventPump> {
    const pump = new EventPump(parts);
    pump.#after = await parts.store.eventCursor(parts.subscriber);
    pump.#kept = pump.#after;
    pump.#pump();
    return pump;
  }

  /** Resolves when every event that was committed before has been given. */
  async idle(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    this.#disarm?.();
    await this.#pumping;
    await this.#keep();
  }

  #pump(): void {
    this.#wanted = true;
    if (this.#pumping !== undefined || this.#closed) return;
    this.#pumping = this.#drain()
      .catch((err: unknown) => this.#parts.log.warn({ err }, "events cannot be read; it is tried again with the next"))
      .then(() => {
        this.#pumping = undefined;
        if (this.#wanted) this.#pump();
      });
  }

  async #drain(): Promise<void> {
    const { store, onEvent, onGap } = this.#parts;
    this.#wanted = false;
    for (;;) {
      const { events, oldest } = await store.events(this.#after, pageSize);
      if (this.#closed) return;
      if (this.#after + 1 < oldest && events.length > 0) onGap();
      for (const event of events) onEvent(event);
      this.#after = events.at(-1)?.seq ?? this.#after;
      if (this.#after > this.#kept) this.#arm();
      if (events.length < pageSize) return;
    }
  }

  #arm(): void {
    this.#disarm ??= this.#parts.clock.after(keepEvery, () => {
      this.#disarm = undefined;
      void this.#keep();
    });
  }

  async #keep(): Promise<void> {
    const { log, store, subscriber } = this.#parts;
    if (this.#after === this.#kept) return;
    const after = this.#after;
    try {
      await store.setEventCursor(subscriber, after);
      this.#kept = after;
    } catch (err) {
      log.debug({ err }, "the place among the events is not kept; they come again");
    }
  }
}
