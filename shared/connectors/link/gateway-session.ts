import { type Millis, millis } from "../../base/units.ts";
import { beginning, compareCursors } from "../../pipeline/cursor.ts";
import type { StreamBatch } from "../ports.ts";
import type { CommandOutbox } from "./command-outbox.ts";
import type { DescriptionReceiver } from "./description-receiver.ts";
import type { GatewayAction } from "./gateway-action.ts";
import type { Append, Description, DownMessage, UpMessage, Welcome } from "./link-message.ts";
import { type GatewayLinkSettings, linkTimes, mostTries } from "./link-settings.ts";
import type { ReceivedStreams } from "./received-streams.ts";
import type { Reception, StreamReceiver } from "./stream-receiver.ts";

export interface GatewaySessionParts {
  readonly welcome: Pick<Welcome, "session" | "origin" | "streams" | "description">;
  readonly epoch: number;
  readonly settings: GatewayLinkSettings;
  readonly streams: ReceivedStreams;
  readonly outbox: CommandOutbox;
  /** Absent: what the board has is not asked for. */
  readonly description: DescriptionReceiver | undefined;
  readonly counts: Record<Reception, number>;
  readonly act: (action: GatewayAction) => void;
  /** Something waits to be kept. */
  readonly waits: () => void;
}

export type SessionMessage = Extract<UpMessage, { readonly kind: "append" | "live" | "beat" | "reply" | "description" }>;

/** One session with a board, seen from the gateway: what is asked of it, and what becomes of what it sends. */
export class GatewaySession {
  readonly id: string;
  readonly origin: string;
  readonly #parts: GatewaySessionParts;
  #heardAt: Millis;

  /** Asks for all streams and says of each how far it is kept; sends the commands that wait. */
  constructor(parts: GatewaySessionParts, watched: boolean, now: Millis) {
    this.#parts = parts;
    this.id = parts.welcome.session;
    this.origin = parts.welcome.origin;
    this.#heardAt = now;
    if (!watched) this.beat(0, watched);
    for (const { id } of parts.welcome.streams) {
      const stream = parts.streams.of(id);
      this.#pull(stream, now);
      this.#acknowledge(stream);
    }
    this.sendCommands(now);
    this.#has(parts.welcome.description, now);
  }

  /** @param watched whether anybody looks at newest values */
  received(message: SessionMessage, watched: boolean, now: Millis): void {
    this.#heardAt = now;
    switch (message.kind) {
      case "append":
        this.#append(message, now);
        return;
      case "live":
        this.#parts.act({ do: "live", values: message.values });
        return;
      case "beat":
        this.beat(message.stamp, watched);
        this.#has(message.description, now);
        return;
      case "description":
        this.#brought(message, now);
        return;
      case "reply":
        if (this.#parts.outbox.replied(message.record)) this.#parts.waits();
        return;
    }
  }

  /** Asks again for what did not come. @returns false when the board is to be called anew */
  tick(now: Millis): boolean {
    if (now >= this.#heardAt + linkTimes.silence) return false;
    for (const stream of this.#parts.streams) {
      if (stream.askedAt === undefined || now < stream.askedAt + linkTimes.answer) continue;
      if (stream.tries >= mostTries) return false;
      this.#pull(stream, now);
    }
    if (this.#parts.description?.overdue(now) === true) this.#describe(now);
    this.sendCommands(now);
    return true;
  }

  due(): Millis {
    const { outbox, streams, description } = this.#parts;
    const asked = Math.min(outbox.nextDue(), streams.nextDue(), description?.nextDue() ?? Number.POSITIVE_INFINITY);
    return millis(Math.min(this.#heardAt + linkTimes.silence, asked));
  }

  /** These are on disk. */
  kept(batches: readonly StreamBatch[]): void {
    for (const { stream } of batches) this.#acknowledge(this.#parts.streams.of(stream));
  }

  sendCommands(now: Millis): void {
    const { act, epoch, outbox } = this.#parts;
    const cmdSeqs = outbox.toMark();
    if (cmdSeqs.length > 0) act({ do: "mark", cmdSeqs, origin: this.origin });
    for (const message of outbox.due(epoch, this.id, now)) this.#send(message);
  }

  /** @param stamp as the board sent it; 0 to say only whether anybody looks */
  beat(stamp: number, watched: boolean): void {
    this.#send({ kind: "beat", session: this.id, stamp, epoch: this.#parts.epoch, live: watched });
  }

  #append(append: Append, now: Millis): void {
    const { counts, settings, streams, waits } = this.#parts;
    const stream = streams.of(append.stream);
    if (streams.waitingBytes() + append.records.length > settings.waitingBytes) {
      counts.astray++;
      return;
    }
    const reception = stream.receive(append);
    counts[reception]++;
    if (reception === "taken") waits();
    else if (reception === "old") this.#acknowledge(stream);
    else if (stream.askedAt === undefined) this.#pull(stream, now);
  }

  #pull(stream: StreamReceiver, now: Millis): void {
    const { epoch, settings } = this.#parts;
    stream.askedAt = now;
    stream.tries++;
    const { batchRecords: records, batchBytes: bytes } = settings;
    this.#send({ kind: "pull", epoch, session: this.id, stream: stream.id, from: stream.tail, records, bytes });
  }

  /** Says what is kept, also again: an earlier acknowledgement may be lost. */
  #acknowledge({ id, cursor }: StreamReceiver): void {
    if (compareCursors(cursor, beginning) === 0) return;
    this.#send({ kind: "ack", epoch: this.#parts.epoch, session: this.id, stream: id, cursor });
  }

  /** The board says the hash of what it has. */
  #has(hash: string | undefined, now: Millis): void {
    if (this.#parts.description?.told(hash) === true) this.#describe(now);
  }

  #describe(now: Millis): void {
    const { description, epoch } = this.#parts;
    if (description === undefined) return;
    description.asked(now);
    this.#send({ kind: "describe", epoch, session: this.id, part: description.part });
  }

  #brought(message: Description, now: Millis): void {
    const brought = this.#parts.description?.received(message);
    if (brought === "next") this.#describe(now);
    else if (brought !== undefined) this.#parts.act({ do: "describe", description: brought });
  }

  #send(message: DownMessage): void {
    this.#parts.act({ do: "send", message });
  }
}
