import type { Socket } from "node:net";
import type { BrokerCounters } from "../broker-counters.ts";

/** Connections that have not sent CONNECT yet. There is room for a few: the oldest gives way, since an honest client is quick. */
export class HalfOpen {
  readonly #limit: number;
  readonly #counters: BrokerCounters;
  /** By address and port of the other side, oldest first. */
  readonly #sockets = new Map<string, Socket>();

  constructor(limit: number, counters: BrokerCounters) {
    this.#limit = limit;
    this.#counters = counters;
  }

  get size(): number {
    return this.#sockets.size;
  }

  add(socket: Socket): void {
    const remote = `${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
    this.#sockets.set(remote, socket);
    socket.once("close", () => {
      if (this.#sockets.get(remote) === socket) this.#sockets.delete(remote);
    });
    if (this.#sockets.size <= this.#limit) return;
    const [oldest] = this.#sockets.values();
    this.#counters.refused.half_open++;
    oldest?.destroy();
    for (const [name, one] of this.#sockets) if (one === oldest) this.#sockets.delete(name);
  }

  /** CONNECT came. */
  done(remote: string): void {
    this.#sockets.delete(remote);
  }

  /** Ends them all. */
  close(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
  }
}
