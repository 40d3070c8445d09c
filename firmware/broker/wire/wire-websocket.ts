import type { RawData, WebSocket } from "ws";
import type { Clock } from "../../../shared/base/clock.ts";
import { millis } from "../../../shared/base/units.ts";
import type { Wire, WireEvents } from "./wire.ts";

const linger = millis(1000);

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

/** The binary frames of a WebSocket as a wire; packets may be cut anywhere by frames. MQTT 3.1.1 §6. */
export class WebSocketWire implements Wire {
  readonly remote: string;
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #drained: () => void = () => undefined;

  constructor(socket: WebSocket, peer: { readonly address: string; readonly port: number }, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.address = peer.address;
    this.remote = `${peer.address}:${peer.port}`;
  }

  /** Starts reading. */
  attach(events: WireEvents): void {
    this.#drained = () => {
      if (this.#socket.bufferedAmount === 0) events.drained();
    };
    this.#socket.on("message", (data, isBinary) => {
      // MQTT 3.1.1 §6.0: a frame that is not binary closes the connection.
      if (isBinary) events.data(bytesOf(data));
      else this.abort();
    });
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => events.closed());
  }

  write(bytes: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(bytes, this.#drained);
  }

  backlog(): number {
    return this.#socket.bufferedAmount;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    const disarm = this.#clock.after(linger, () => this.#socket.terminate());
    this.#socket.once("close", disarm);
    this.#socket.close(1000);
  }

  abort(): void {
    this.#socket.terminate();
  }
}
