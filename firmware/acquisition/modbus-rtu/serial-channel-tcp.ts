import { connect, type Socket } from "node:net";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Millis } from "../../../shared/base/units.ts";
import type { SerialChannel, SerialChannelEvents } from "./serial-channel.ts";

/** Two of the longest frames, bytes. */
const bufferSize = 512;
/** Idle time until the kernel asks whether the peer is still there, milliseconds. */
const keepAliveDelay = 30_000;

export interface TcpChannelParts {
  readonly host: string;
  readonly port: number;
  readonly connectTimeout: Millis;
  readonly clock: Clock;
}

/** The bytes of a serial line over a TCP connection, as transparent serial device servers carry them. */
export class TcpSerialChannel implements SerialChannel {
  readonly #socket: Socket;
  readonly #events: SerialChannelEvents;
  readonly #disarm: Disarm;
  #ended = false;

  /** Starts dialling. */
  constructor(parts: TcpChannelParts, events: SerialChannelEvents) {
    this.#events = events;
    const buffer = new Uint8Array(bufferSize);
    this.#socket = connect({
      host: parts.host,
      port: parts.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveDelay,
      onread: { buffer, callback: (count) => this.#read(buffer.subarray(0, count)) },
    });
    this.#disarm = parts.clock.after(parts.connectTimeout, () => this.#end(new Error(`no connection within ${parts.connectTimeout} ms`)));
    this.#socket.once("connect", () => {
      if (this.#ended) return;
      this.#disarm();
      events.connected();
    });
    this.#socket.once("error", (error) => this.#end(error));
    this.#socket.once("end", () => this.#end(new Error("the peer closed the connection")));
    this.#socket.once("close", () => this.#end(new Error("the connection is closed")));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Everything that came was told: Node reads a socket by itself. */
  discard(): number {
    return 0;
  }

  close(): Promise<void> {
    this.#ended = true;
    this.#disarm();
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once("close", () => resolve()).destroy();
    });
  }

  #read(bytes: Uint8Array): boolean {
    if (!this.#ended) this.#events.bytes(bytes);
    return !this.#ended;
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    void this.close();
    this.#events.ended(reason);
  }
}
