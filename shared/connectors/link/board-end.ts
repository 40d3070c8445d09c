import type { Clock, Disarm } from "../../base/clock.ts";
import { EdgeError } from "../../base/edge-error.ts";
import type { Log } from "../../base/log.ts";
import type { StopSignal } from "../../base/stop-signal.ts";
import { type Millis, millis } from "../../base/units.ts";
import { CborEncoder } from "../../broker/cbor-encode.ts";
import type { Journal } from "../../pipeline/ports.ts";
import type { CommandExecutor, LinkMemory, LinkMemoryStore, LinkSigner } from "../ports.ts";
import type { BoardAction } from "./board-action.ts";
import type { BoardDescription } from "./board-description.ts";
import { BoardLink } from "./board-link.ts";
import { CommandDesk } from "./command-desk.ts";
import type { CommandRecord } from "./command-record.ts";
import { decodeDownMessage, encodeLinkMessage } from "./link-codec.ts";
import { LinkMemoryBook } from "./link-memory-book.ts";
import type { LiveValue, UpMessage } from "./link-message.ts";
import type { BoardLinkSettings } from "./link-settings.ts";
import { standAboveFloor } from "./stand-above-floor.ts";

/** The way up. */
export interface LinkTransport {
  /** Hands a message on. Resolves when the broker has it; rejects when the connection ends before. */
  send(payload: Uint8Array): Promise<void>;
}

export interface BoardEndParts {
  readonly board: string;
  /** Version of the board's software. */
  readonly version: string;
  readonly journal: Journal;
  readonly memory: LinkMemoryStore;
  readonly executor: CommandExecutor;
  /** The board's key; absent: it cannot prove who it is. */
  readonly signer?: LinkSigner;
  /** What the board has now; absent: it does not say. Call {@link BoardEnd.described} when it is another. */
  readonly description?: () => BoardDescription;
  readonly settings: BoardLinkSettings;
  /** 32 hexadecimal digits, random. */
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The board's end of the link with the journal, the memory and the commands that belong to it; lacks only the connection. */
export class BoardEnd {
  readonly link: BoardLink;
  readonly desk: CommandDesk;
  /** Messages that were none. */
  invalid = 0;
  readonly #parts: BoardEndParts;
  readonly #book: LinkMemoryBook;
  readonly #stop: StopSignal;
  readonly #encoder = new CborEncoder(4096);
  readonly #forget: () => void;
  #transport: LinkTransport | undefined;
  #disarm: Disarm | undefined;
  #armed = Number.POSITIVE_INFINITY;
  #complained = false;
  /** All that waits for the gateway stands where it does not pass over it. Before, no hello is answered. */
  #standing = false;

  private constructor(parts: BoardEndParts, book: LinkMemoryBook, desk: CommandDesk, link: BoardLink, stop: StopSignal) {
    this.#parts = parts;
    this.#book = book;
    this.desk = desk;
    this.link = link;
    this.#stop = stop;
    this.#forget = parts.journal.onDurable((stream) => this.#on((now) => link.durable(stream, now)));
  }

  /** Reads what is kept and ends what a crash left open. Works until `stop`; then call `close`. */
  static async open(parts: BoardEndParts, stop: StopSignal): Promise<BoardEnd> {
    const { board, version, journal, settings, clock, log, newId, executor, signer, description } = parts;
    const book = await LinkMemoryBook.open(parts.memory, newId);
    const memory = (): LinkMemory => book.kept;
    const told = { board, version, journal, settings, signer, description, memory };
    const link = new BoardLink({ ...told, newSession: newId, log }, clock.monotonic());
    let answered: (record: CommandRecord) => void = () => {};
    const desk = new CommandDesk({ book, journal, executor, clock, log, answered: (record) => answered(record) }, stop);
    const end = new BoardEnd(parts, book, desk, link, stop);
    answered = (record) => end.#on(() => link.answered(record));
    await end.#stand();
    return end;
  }

  connected(transport: LinkTransport): void {
    this.#transport = transport;
    this.#on((now) => this.link.connected(now));
  }

  disconnected(): void {
    this.#transport = undefined;
    this.#on(() => this.link.disconnected());
  }

  /** A message came down. What is none is counted. */
  receive(payload: Uint8Array): void {
    try {
      const message = decodeDownMessage(payload);
      if (this.#standing) this.#on((now) => this.link.received(message, now));
      else void this.#stand();
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      this.invalid++;
      if (!this.#complained) this.#parts.log.warn({ err: error }, "a message of the gateway cannot be read; further ones are only counted");
      this.#complained = true;
    }
  }

  /** A new value of a point, appended to the journal just now. */
  offer(value: LiveValue): void {
    if (this.link.offer(value)) this.#on(() => {});
  }

  /** What the board has is another than before. */
  described(): void {
    this.#on(() => this.link.described());
  }

  /** Ends all waits; `stop` must have fired. */
  async close(): Promise<void> {
    this.#forget();
    this.#disarm?.();
    this.#transport = undefined;
    this.link.disconnected();
    await this.desk.idle();
  }

  #on(event: (now: Millis) => void): void {
    if (this.#stop.aborted) return;
    const now = this.#parts.clock.monotonic();
    event(now);
    for (const action of this.link.take()) this.#do(action);
    this.#arm(now);
  }

  #do(action: BoardAction): void {
    switch (action.do) {
      case "send":
        this.#send(action.message);
        return;
      case "read":
        void this.#read(action);
        return;
      case "acknowledge":
        this.#parts.journal.acknowledge(action.stream, action.cursor);
        return;
      case "remember":
        this.#settle(
          this.#book.update(({ epoch, term }) => ({ epoch: Math.max(epoch, action.epoch), term: Math.max(term, action.term) })),
          (now) => this.link.remembered(now),
        );
        return;
      case "raise":
        this.#settle(this.#raise(action.floor), (now) => this.link.raised(now));
        return;
      case "command":
        this.desk.offer(action.command, action.after);
        return;
    }
  }

  #send(message: UpMessage): void {
    const sent = this.#transport?.send(encodeLinkMessage(message, this.#encoder)) ?? Promise.resolve();
    const told = (): void => {
      if (message.kind === "live") this.#on((now) => this.link.liveDelivered(now));
    };
    // A connection that ends is told by `disconnected`.
    sent.then(told, told);
  }

  async #read({ stream, after, bounds, ticket }: BoardAction & { readonly do: "read" }): Promise<void> {
    try {
      const batch = await this.#parts.journal.read(stream, after, bounds);
      this.#on((now) => this.link.read(stream, ticket, batch, now));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #raise(floor: number): Promise<void> {
    this.#parts.log.warn({ floor, term: this.#parts.journal.term }, "the gateway knows terms that this journal never wrote; it is raised");
    await this.#parts.journal.raiseTerm(floor);
    await this.#book.update((kept) => ({ floor: Math.max(kept.floor, floor) }));
  }

  async #stand(): Promise<void> {
    try {
      const { floor, term } = this.#book.kept;
      await standAboveFloor(this.#parts.journal, floor, term);
      this.#standing = true;
    } catch (error) {
      this.#parts.log.error({ err: error }, "the journal cannot be read; no gateway is answered before it can");
    }
  }

  #settle(work: Promise<void>, then: (now: Millis) => void): void {
    work.then(
      () => this.#on(then),
      (error) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#stop.aborted) return;
    this.#parts.log.error({ err: error }, "the link cannot go on; its session ends");
    this.#on((now) => this.link.failed(now));
  }

  /** Only an earlier time needs another timer: one that comes too early finds nothing to do. */
  #arm(now: Millis): void {
    const due = this.link.due(now) ?? Number.POSITIVE_INFINITY;
    if (due >= this.#armed) return;
    this.#disarm?.();
    this.#armed = due;
    this.#disarm = this.#parts.clock.after(millis(Math.max(0, due - now)), () => {
      this.#armed = Number.POSITIVE_INFINITY;
      this.#on((later) => this.link.tick(later));
    });
  }
}
