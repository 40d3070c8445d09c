import { firstLinkState, type LinkEvent, type LinkState, mayWaitForLink, nextLinkState } from "../../../shared/acquisition/link-state.ts";
import { type BackoffRange, backoffDelay } from "../../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Millis } from "../../../shared/base/units.ts";
import { ModbusTcpConnection, type OutgoingFrame } from "./modbus-tcp-connection.ts";

/** What a link tells the line that uses it. */
export interface LinkEvents {
  /** A connection stands. */
  up(): void;
  /** The connection or the dial ended. @param redialling a new dial is under way at once, worth waiting for */
  down(reason: Error, redialling: boolean): void;
  frame(id: number, unit: number, pdu: Uint8Array): void;
  /** Every frame of one read has been told. */
  read(bytes: number): void;
}

export interface ModbusTcpLinkParts {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly connectTimeout: Millis;
  readonly inFlight: number;
  readonly reconnect: BackoffRange;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly events: LinkEvents;
}

/** Keeps one connection to a device, by the steps of {LinkState}: dials, waits longer after each failure, dials again for ever. */
export class ModbusTcpLink {
  readonly #parts: ModbusTcpLinkParts;
  #state: LinkState = firstLinkState;
  #connection: ModbusTcpConnection | undefined;
  #disarmRetry: Disarm | undefined;
  #reason = new Error("not connected yet");
  #connections = 0;

  /** Starts dialling. */
  constructor(parts: ModbusTcpLinkParts) {
    this.#parts = parts;
    this.#dial();
  }

  get up(): boolean {
    return this.#state.name === "up";
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

  /** Sends frames in one write. Gives the number of bytes. */
  send(frames: readonly OutgoingFrame[]): number {
    return this.#connection?.send(frames) ?? 0;
  }

  /** The device answered: the next failure is the first. */
  proven(): void {
    this.#step("proven");
  }

  /** Nothing comes over this connection any more: another one is needed. */
  silent(reason: Error): void {
    this.#end("silent", reason);
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
    const { events } = this.#parts;
    this.#connection = new ModbusTcpConnection({
      ...this.#parts,
      line: this.#parts.id,
      events: {
        connected: () => this.#connected(),
        frame: (id, unit, pdu) => events.frame(id, unit, pdu),
        read: (bytes) => events.read(bytes),
        ended: (reason) => this.#end("lost", reason),
      },
    });
  }

  #connected(): void {
    const { id, host, port, log, events } = this.#parts;
    this.#step("connected");
    this.#connections++;
    log.info({ line: id, host, port }, "line connected");
    events.up();
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
    this.#parts.events.down(reason, this.#state.name === "connecting");
  }

  #wait(failures: number): void {
    const { clock, reconnect, random } = this.#parts;
    this.#disarmRetry = clock.after(backoffDelay(reconnect, failures, random), () => {
      if (this.#step("due")) this.#dial();
    });
  }

  /** One warning for each outage; the failures that follow it are for debugging only. */
  #report(wasUp: boolean): void {
    const { id, host, port, log } = this.#parts;
    const fields = { line: id, host, port, reason: this.#reason.message };
    if (this.#state.name === "closed") log.debug(fields, "line closed");
    else if (wasUp || (this.#state.name === "waiting" && this.#state.failures === 1)) log.warn(fields, "line lost, dialling again");
    else log.debug(fields, "line still down");
  }
}
