import type { Socket } from "node:net";
import type { Clock } from "../../../shared/base/clock.ts";
import { millis } from "../../../shared/base/units.ts";
import type { Wire, WireEvents } from "./wire.ts";

const linger = millis(1000);

/** A TCP or TLS connection as a wire. */
export class SocketWire implements Wire {
  readonly remote: string;
  readonly address: string;
  readonly #socket: Socket;
  readonly #clock: Clock;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.address = socket.remoteAddress ?? "unknown";
    this.remote = `${this.address}:${socket.remotePort ?? 0}`;
    socket.setNoDelay(true);
  }

  /** Starts reading. */
  attach(events: WireEvents): void {
    this.#socket.on("data", (bytes: Buffer) => events.data(bytes));
    this.#socket.on("drain", () => events.drained());
    this.#socket.on("end", () => this.#socket.end());
    // A socket says why it failed and then that it closed: the second is all a wire needs.
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => events.closed());
  }

  write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  backlog(): number {
    return this.#socket.writableLength;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#socket.destroyed) return;
    const disarm = this.#clock.after(linger, () => this.#socket.destroy());
    this.#socket.once("close", disarm);
    this.#socket.destroySoon();
  }

  abort(): void {
    this.#socket.destroy();
  }
}
