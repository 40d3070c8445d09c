import { firstLinkState, type LinkEvent, type LinkState, mayWaitForLink, nextLinkState } from "../../../shared/acquisition/link-state.ts";
import { type BackoffRange, backoffDelay } from "../../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";

/** What a connection tells while it lives. Nothing comes after `ended` or `close()`. */
export interface ConnectionEvents {
  connected(): void;
  /** Once: the dial failed, the other side is gone, or what it sent is beyond repair. */
  ended(reason: Error): void;
}

export interface LineLinkParts<Connection> {
  /** Id of the line. */
  readonly id: string;
  /** Where the connection goes, for the log. */
  readonly place: object;
  /** How long to wait between dials. */
  readonly reconnect: BackoffRange;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
  /** Starts making a connection; `events` tells how it went, never before this returns. */
  readonly dial: (events: ConnectionEvents) => Connection;
  /** A connection stands. */
  readonly onUp: () => void;
  /** The connection or the dial ended. @param redialling a new dial is under way at once, worth waiting for */
  readonly onDown: (reason: Error, redialling: boolean) => void;
}

/** Keeps one connection, by the steps of {LinkState}: dials, waits longer after each failure, dials again for ever. */
export class LineLink<Connection extends { close(): Promise<void> }> {
  readonly #parts: LineLinkParts<Connection>;
  #state: LinkState = firstLinkState;
  #connection: Connection | undefined;
  #disarmRetry: Disarm | undefined;
  #reason = new Error("not connected yet");
  #connections = 0;

  /** Starts dialling. */
  constructor(parts: LineLinkParts<Connection>) {
    this.#parts = parts;
    this.#dial();
  }

  get up(): boolean {
    return this.#state.name === "up";
  }

  /** The connection that stands or is being made. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** True while a dial is under way that is worth waiting for. */
  get mayWait(): boolean {
    return mayWaitForLink(this.#state);
  }

  /** Why there is no connection. */
  get reason(): Error {
    return this.#reason;
  }

  /** Connections made after the first. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** Something useful came: the next failure is the first. */
  proven(): void {
    this.#step("proven");
  }

  /** Nothing comes over this connection any more: another one is needed. */
  silent(reason: Error): void {
    this.#end("silent", reason);
  }

  /** It cannot be used any more, as its user found out. */
  lost(reason: Error): void {
    this.#end("lost", reason);
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#end("closed", new Error("closed"));
    await connection?.close();
  }

  /** True when the event changed the state. */
  #step(event: LinkEvent): boolean {
    const before = this.#state;
    this.#state = nextLinkState(before, event);
    return this.#state !== before;
  }

  #dial(): void {
    this.#connection = this.#parts.dial({ connected: () => this.#connected(), ended: (reason) => this.#end("lost", reason) });
  }

  #connected(): void {
    const { id, place, log, onUp } = this.#parts;
    this.#step("connected");
    this.#connections++;
    log.info({ line: id, ...place }, "line connected");
    onUp();
  }

  #end(event: "silent" | "lost" | "closed", reason: Error): void {
    const wasUp = this.up;
    if (!this.#step(event)) return;
    void this.#connection?.close();
    this.#connection = undefined;
    this.#reason = reason;
    this.#disarmRetry?.();
    this.#disarmRetry = undefined;
    this.#report(wasUp);
    if (this.#state.name === "connecting") this.#dial();
    if (this.#state.name === "waiting") this.#wait(this.#state.failures);
    this.#parts.onDown(reason, this.#state.name === "connecting");
  }

  #wait(failures: number): void {
    const { clock, reconnect, random } = this.#parts;
    this.#disarmRetry = clock.after(backoffDelay(reconnect, failures, random), () => {
      if (this.#step("due")) this.#dial();
    });
  }

  /** One warning for each outage; the failures that follow it are for debugging only. */
  #report(wasUp: boolean): void {
    const { id, place, log } = this.#parts;
    const fields = { line: id, ...place, reason: this.#reason.message };
    if (this.#state.name === "closed") log.debug(fields, "line closed");
    else if (wasUp || (this.#state.name === "waiting" && this.#state.failures === 1)) log.warn(fields, "line lost, dialling again");
    else log.debug(fields, "line still down");
  }
}
