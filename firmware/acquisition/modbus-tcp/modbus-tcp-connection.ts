import { connect, type Socket } from "node:net";
import { encodeMbap, MbapDeframer } from "../../../shared/acquisition/modbus/mbap.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Millis } from "../../../shared/base/units.ts";
import type { ConnectionEvents } from "../modbus-line/line-link.ts";

/** The longest frame, bytes. Modbus Messaging on TCP/IP Implementation Guide V1.0b §3.1.3. */
const frameLimit = 260;
/** What stands before a PDU, bytes. Same section. */
const headerLength = 7;
/** How many reads of full size the room for received bytes holds. */
const readsPerRoom = 8;
/** Idle time until the kernel asks whether the peer is still there, milliseconds. */
const keepAliveDelay = 30_000;

/** What a connection tells its owner. The reason of its end is {FrameInvalid} when what came is no Modbus frame. */
export interface TcpConnectionEvents extends ConnectionEvents {
  /** One whole frame. The PDU belongs to the receiver. */
  frame(id: number, unit: number, pdu: Uint8Array): void;
  /** Every frame of one read has been told. */
  read(bytes: number): void;
}

export interface ConnectionParts {
  /** Name of the line, for errors. */
  readonly line: string;
  readonly host: string;
  readonly port: number;
  readonly connectTimeout: Millis;
  /** How many frames may come at once, which sets the size of the receive buffer. */
  readonly inFlight: number;
  readonly clock: Clock;
  readonly events: TcpConnectionEvents;
}

/** One frame to be sent. */
export interface OutgoingFrame {
  readonly id: number;
  readonly unit: number;
  readonly pdu: Uint8Array;
}

/** One TCP connection that carries Modbus frames, from dialling to its end. */
export class ModbusTcpConnection {
  readonly #socket: Socket;
  readonly #events: TcpConnectionEvents;
  readonly #deframer: MbapDeframer;
  readonly #disarm: Disarm;
  #ended = false;
  /** Where received bytes are kept, never twice in the same place, and how much of it is taken. */
  #room = new Uint8Array(0);
  #used = 0;

  /** Starts dialling; `events` tells how it went. */
  constructor(parts: ConnectionParts) {
    this.#events = parts.events;
    this.#deframer = new MbapDeframer((id, unit, pdu) => parts.events.frame(id, unit, pdu), { line: parts.line });
    const buffer = new Uint8Array(frameLimit * parts.inFlight);
    this.#socket = connect({
      host: parts.host,
      port: parts.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveDelay,
      // One buffer for the life of the connection instead of 64 KiB for every read.
      onread: { buffer, callback: (count) => this.#read(buffer, count) },
    });
    this.#disarm = parts.clock.after(parts.connectTimeout, () => this.#end(new Error(`no connection within ${parts.connectTimeout} ms`)));
    this.#socket.once("connect", () => {
      if (this.#ended) return;
      this.#disarm();
      this.#events.connected();
    });
    this.#socket.once("error", (error) => this.#end(error));
    this.#socket.once("end", () => this.#end(new Error("the peer closed the connection")));
    this.#socket.once("close", () => this.#end(new Error("the connection is closed")));
  }

  /** Sends frames in one write. Gives the number of bytes. */
  send(frames: readonly OutgoingFrame[]): number {
    let length = 0;
    for (const frame of frames) length += headerLength + frame.pdu.length;
    const bytes = Buffer.allocUnsafe(length);
    let at = 0;
    for (const frame of frames) {
      bytes.set(encodeMbap(frame.id, frame.unit, frame.pdu), at);
      at += headerLength + frame.pdu.length;
    }
    this.#socket.write(bytes);
    return length;
  }

  /** Drops the connection; `events` stays silent. Resolves when the socket is gone. */
  close(): Promise<void> {
    this.#ended = true;
    this.#disarm();
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once("close", () => resolve()).destroy();
    });
  }

  #read(buffer: Uint8Array, count: number): boolean {
    if (this.#ended) return false;
    try {
      this.#deframer.push(this.#kept(buffer, count));
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
    if (!this.#ended) this.#events.read(count);
    return !this.#ended;
  }

  /** Replies outlive the buffer: one copy for all frames of a read, and room for several reads at once, since allocating costs more than copying. */
  #kept(buffer: Uint8Array, count: number): Uint8Array {
    if (this.#used + count > this.#room.length) {
      this.#room = new Uint8Array(buffer.length * readsPerRoom);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += count;
    this.#room.set(buffer.subarray(0, count), start);
    return this.#room.subarray(start, this.#used);
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    void this.close();
    this.#events.ended(reason);
  }
}
