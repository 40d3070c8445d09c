import type { Metric } from "../../../shared/base/metric.ts";
import type { BoardTransport, TransportListener } from "./board-transport.ts";
import { FairQueue } from "./fair-queue.ts";
import { transportMetrics } from "./transport-metrics.ts";

/** A board's side of the memory transport. */
export interface MemoryPeer {
  /** Hands a message on to the gateway. */
  send(payload: Uint8Array): void;
  /** No message reaches the board any more. */
  leave(): void;
}

/** Boards of the same process, for tests and benches: nothing on the way but a queue. */
export class MemoryBoardTransport implements BoardTransport {
  readonly #peers = new Map<string, (payload: Uint8Array) => void>();
  readonly #soon: (work: () => void) => void;
  #inbound: FairQueue;
  #listener: TransportListener | undefined;
  #connected: boolean;
  #sent = 0;
  #received = 0;

  /** @param soon runs work after what else waits; default with the next turn of the event loop */
  constructor({ connected = true, soon = (work: () => void) => void setImmediate(work) } = {}) {
    this.#connected = connected;
    this.#soon = soon;
    this.#inbound = this.#queue();
  }

  get connected(): boolean {
    return this.#connected;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#connected) listener.up();
  }

  send(board: string, payload: Uint8Array): void {
    if (!this.#connected) return;
    this.#sent++;
    this.#peers.get(board)?.(payload);
  }

  /** A board comes. `receive` gets what the gateway sends to it. */
  join(board: string, receive: (payload: Uint8Array) => void, address?: string): MemoryPeer {
    this.#peers.set(board, receive);
    return {
      send: (payload) => {
        if (!this.#connected) return;
        this.#received++;
        this.#inbound.put(board, payload, address);
      },
      leave: () => {
        if (this.#peers.get(board) === receive) this.#peers.delete(board);
      },
    };
  }

  /** A sample on a data topic. */
  data(thing: string, feature: string, payload: Uint8Array): void {
    if (this.#connected) this.#listener?.data(thing, feature, payload);
  }

  /** Breaks the way, or mends it. */
  set connected(connected: boolean) {
    if (connected === this.#connected) return;
    this.#connected = connected;
    if (connected) this.#listener?.up();
    else this.#listener?.down("it was cut");
  }

  /** As new after {@link close}: boards that were there have to join again. */
  reopen(): void {
    this.#inbound = this.#queue();
    this.#connected = true;
  }

  metrics(): readonly Metric[] {
    return transportMetrics({
      connected: this.#connected,
      connections: 1,
      failures: 0,
      sent: this.#sent,
      received: this.#received,
      unsent: 0,
      dropped: this.#inbound.dropped,
      waiting: this.#inbound.size,
    });
  }

  async close(): Promise<void> {
    this.#connected = false;
    this.#inbound.close();
    this.#peers.clear();
  }

  #queue(): FairQueue {
    return new FairQueue({
      deliver: (board, payload, address) => this.#listener?.message(board, payload, address),
      soon: this.#soon,
      mostMessages: 1024,
      mostBytes: 16_777_216,
      mostBoards: 20_000,
      turn: 256,
    });
  }
}
