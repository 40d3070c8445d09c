import type { Clock, Disarm } from "../../base/clock.ts";
import { EdgeError } from "../../base/edge-error.ts";
import type { Log } from "../../base/log.ts";
import { type Millis, millis } from "../../base/units.ts";
import { CborEncoder } from "../../broker/cbor-encode.ts";
import type { LinkCommand, LinkStore } from "../ports.ts";
import type { BoardDescription } from "./board-description.ts";
import type { GatewayAction } from "./gateway-action.ts";
import { GatewayIdentity, type GatewayIdentityParts } from "./gateway-identity.ts";
import { GatewayLink } from "./gateway-link.ts";
import { decodeUpMessage, encodeLinkMessage } from "./link-codec.ts";
import type { UpMessage } from "./link-message.ts";
import type { GatewayLinkSettings } from "./link-settings.ts";

export interface GatewayEndParts {
  readonly board: string;
  readonly store: LinkStore;
  readonly settings: GatewayLinkSettings;
  /** Who may speak for the board; absent: whoever answers to its name. */
  readonly identity?: GatewayIdentityParts;
  /** Looks at every message before the link does, and gives what the link shall see of it; `undefined`: nothing. */
  readonly see?: (message: UpMessage) => UpMessage | undefined;
  /** Hands a message on to the board; what is lost on the way is asked for again. */
  readonly send: (payload: Uint8Array) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** The gateway's end of the link to one board with the store that belongs to it; lacks only the connection. */
export class GatewayEnd {
  readonly link: GatewayLink;
  /** Messages that were none. */
  invalid = 0;
  readonly #parts: GatewayEndParts;
  readonly #encoder = new CborEncoder(256);
  #work: Promise<void> = Promise.resolve();
  #disarm: Disarm | undefined;
  #armed = Number.POSITIVE_INFINITY;
  #closed = false;

  private constructor(parts: GatewayEndParts, link: GatewayLink) {
    this.#parts = parts;
    this.link = link;
  }

  static async open(parts: GatewayEndParts): Promise<GatewayEnd> {
    const { board, store, settings, log } = parts;
    const memory = await store.load(board);
    const identity = parts.identity === undefined ? undefined : new GatewayIdentity(parts.identity);
    const describes = store.described !== undefined;
    return new GatewayEnd(parts, new GatewayLink({ board, epoch: store.epoch, memory, settings, identity, describes, log }));
  }

  /** The way to the board stands, or another key may speak for it from now on: the board is called. */
  connected(): void {
    this.#on((now) => this.link.connected(now));
  }

  disconnected(): void {
    this.#on(() => this.link.disconnected());
  }

  /** A message came up. What is none is counted. */
  receive(payload: Uint8Array): void {
    try {
      const message = decodeUpMessage(payload);
      const seen = this.#parts.see === undefined ? message : this.#parts.see(message);
      if (seen !== undefined) this.#on((now) => this.link.received(seen, now));
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      if (this.invalid === 0)
        this.#parts.log.warn(
          { board: this.#parts.board, err: error },
          "a message of the board cannot be read; further ones are only counted",
        );
      this.invalid++;
    }
  }

  /** Sends a command that the store has already. */
  issue(command: LinkCommand): void {
    this.#on((now) => this.link.issue(command, now));
  }

  /** Whether anybody looks at newest values ahead of their records. Until this is called, the board sends them. */
  watch(watched: boolean): void {
    this.#on(() => this.link.watch(watched));
  }

  /** What is being kept is kept; nothing more is taken. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm?.();
    await this.#work;
  }

  #on(event: (now: Millis) => void): void {
    if (this.#closed) return;
    const now = this.#parts.clock.monotonic();
    event(now);
    for (const action of this.link.take()) this.#do(action);
    this.#arm(now);
  }

  #do(action: GatewayAction): void {
    const { board, store, send } = this.#parts;
    switch (action.do) {
      case "send":
        send(encodeLinkMessage(action.message, this.#encoder));
        return;
      case "apply":
        this.#keep(
          () => store.apply(board, action.batch),
          (now) => this.link.applied(now),
        );
        return;
      case "mark":
        this.#keep(
          () => store.markSent(board, action.cmdSeqs, action.origin),
          (now) => this.link.marked(action.cmdSeqs, action.origin, now),
        );
        return;
      case "live":
        store.live(board, action.values);
        return;
      case "describe":
        this.#describe(action.description);
        return;
    }
  }

  /** One call of the store after the other. */
  #keep(write: () => Promise<void>, then: (now: Millis) => void): void {
    this.#work = this.#work.then(write).then(
      () => this.#on(then),
      (error) => {
        this.#parts.log.error({ board: this.#parts.board, err: error }, "what the board sent cannot be kept; it comes again");
        this.#on((now) => this.link.failed(now));
      },
    );
  }

  #describe(description: BoardDescription): void {
    const { board, store, log } = this.#parts;
    const told = (kept: boolean): void => this.#on(() => this.link.described(description.hash, kept));
    this.#work = this.#work
      .then(() => store.described?.(board, description))
      .then(
        () => told(true),
        (error) => {
          log.error({ board, err: error }, "what the board has cannot be kept; it is asked for again in the next session");
          told(false);
        },
      );
  }

  #arm(now: Millis): void {
    const due = this.link.due() ?? Number.POSITIVE_INFINITY;
    if (due >= this.#armed) return;
    this.#disarm?.();
    this.#armed = due;
    this.#disarm = this.#parts.clock.after(millis(Math.max(0, due - now)), () => {
      this.#armed = Number.POSITIVE_INFINITY;
      this.#on((later) => this.link.tick(later));
    });
  }
}
