import { readSync, writeSync } from "node:fs";
import type { LinuxPortBinding } from "@serialport/bindings-cpp";
import { setRs485 } from "./rs485.ts";
import type { SerialChannel, SerialChannelEvents } from "./serial-channel.ts";
import { Rs485Refused, SerialPortRefused, serialPortRefused } from "./serial-errors.ts";

/** Two of the longest frames, bytes. */
const bufferSize = 512;

export interface PortChannelParts {
  /** Path of the port. */
  readonly device: string;
  readonly baud: number;
  readonly parity: "even" | "odd" | "none";
  readonly stopBits: 1 | 2;
  readonly rs485: "automatic" | "kernel" | "rts";
}

/**
 * A serial port of this machine, locked for this process. Of `serialport` only the binding is loaded, and that with the first port: it opens and sets up the
 * port and tells when bytes are there; they are read and written without its streams, whose way through the thread pool costs more than a frame at 115200 baud.
 */
export class PortSerialChannel implements SerialChannel {
  readonly #parts: PortChannelParts;
  readonly #events: SerialChannelEvents;
  readonly #buffer = Buffer.alloc(bufferSize);
  readonly #opening: Promise<void>;
  #port: LinuxPortBinding | undefined;
  #ended = false;
  /** Bytes that the kernel has not taken yet. */
  #unsent: Uint8Array = new Uint8Array(0);

  /** Starts opening. */
  constructor(parts: PortChannelParts, events: SerialChannelEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#opening = this.#open();
  }

  write(bytes: Uint8Array): void {
    if (this.#unsent.length > 0) {
      this.#end(new SerialPortRefused(this.#parts.device, "it takes no more bytes: what was sent before is still in it"));
      return;
    }
    this.#unsent = bytes;
    this.#flush();
  }

  discard(): number {
    let total = 0;
    // Bounded, for a line on which bytes come faster than they are read.
    for (let turn = 0; turn < 16; turn++) {
      const count = this.#take();
      if (count <= 0) break;
      total += count;
    }
    return total;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#opening;
    const port = this.#port;
    this.#port = undefined;
    // A port that is gone cannot be closed in order; the descriptor is given back all the same.
    await port?.close().catch(() => {});
  }

  async #open(): Promise<void> {
    const { device, baud, parity, stopBits } = this.#parts;
    try {
      const { LinuxBinding } = await import("@serialport/bindings-cpp");
      // Closed while it loaded.
      if (this.#ended) return;
      const port = await LinuxBinding.open({ path: device, baudRate: baud, parity, stopBits, dataBits: 8, lock: true });
      this.#port = port;
      await this.#setUp(port);
      if (this.#ended) return;
      // Reports an unplugged adapter without anything being sent.
      this.#listen(port);
      this.discard();
      this.#events.connected();
    } catch (error) {
      this.#end(error instanceof Rs485Refused ? error : serialPortRefused(device, error));
    }
  }

  async #setUp(port: LinuxPortBinding): Promise<void> {
    // Drivers without the setting refuse it, and are as quick as they are.
    await port.set({ lowLatency: true }).catch(() => {});
    if (this.#parts.rs485 === "automatic" || port.fd === null) return;
    setRs485(this.#parts.device, port.fd, this.#parts.rs485);
  }

  #listen(port: LinuxPortBinding): void {
    port.poller.once("readable", (error: Error | null) => {
      if (this.#ended) return;
      if (error !== null) {
        this.#end(error);
        return;
      }
      const count = this.#take();
      if (count > 0) this.#events.bytes(this.#buffer.subarray(0, count));
      if (!this.#ended) this.#listen(port);
    });
  }

  /** Reads what is there into the buffer: the number of bytes, -1 when none are. */
  #take(): number {
    const fd = this.#port?.fd;
    if (fd === null || fd === undefined) return -1;
    try {
      const count = readSync(fd, this.#buffer, 0, bufferSize, null);
      if (count === 0) this.#end(new SerialPortRefused(this.#parts.device, "it hung up: the adapter was unplugged"));
      return count;
    } catch (error) {
      if (!isTransient(error)) this.#end(lost(this.#parts.device, error));
      return -1;
    }
  }

  #flush(): void {
    const port = this.#port;
    if (port === undefined || port.fd === null || this.#unsent.length === 0) return;
    try {
      this.#unsent = this.#unsent.subarray(writeSync(port.fd, this.#unsent));
    } catch (error) {
      if (!isTransient(error)) {
        this.#end(lost(this.#parts.device, error));
        return;
      }
    }
    if (this.#unsent.length > 0) port.poller.once("writable", () => this.#flush());
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.ended(reason);
  }
}

function lost(device: string, cause: unknown): SerialPortRefused {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new SerialPortRefused(device, `it is gone: the adapter was unplugged or fails (${text})`, { cause });
}

/** True for a read or write that only found nothing to do. */
function isTransient(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EAGAIN" || error.code === "EINTR" || error.code === "EWOULDBLOCK");
}
