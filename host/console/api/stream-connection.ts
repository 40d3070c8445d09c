import type { ServerResponse } from "node:http";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Millis } from "../../../shared/base/units.ts";

export interface StreamConnectionParts {
  readonly response: ServerResponse;
  readonly clock: Clock;
  readonly headers: Readonly<Record<string, string>>;
  readonly keepAlive: Millis;
  /** How long the other side may take nothing. */
  readonly stuck: Millis;
}

/** Server-sent events to one listener. WHATWG HTML, server-sent events. Holds back nothing by itself: whoever sends asks `free` before. */
export class StreamConnection {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #keepAlive: Millis;
  readonly #stuck: Millis;
  readonly #closers: (() => void)[] = [];
  readonly #drained: (() => void)[] = [];
  #disarmKeepAlive: Disarm = () => {};
  #disarmStuck: Disarm | undefined;
  #closed = false;

  constructor({ response, clock, headers, keepAlive, stuck }: StreamConnectionParts) {
    this.#response = response;
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#stuck = stuck;
    response.once("close", () => this.close());
    response.on("error", () => this.close());
    response.on("drain", () => this.#onDrain());
    response.writeHead(200, {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    // The headers go out before the first event is there.
    this.send(": begin\n\n");
    this.#armKeepAlive();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** False while the other side is slower than what was sent. */
  get free(): boolean {
    return !this.#closed && this.#disarmStuck === undefined;
  }

  /** Sends lines that are events already. */
  send(text: string): void {
    if (this.#closed || this.#response.write(text) || this.#disarmStuck !== undefined) return;
    this.#disarmStuck = this.#clock.after(this.#stuck, () => this.close());
  }

  /** Calls `listener` each time that the other side has caught up. */
  onFree(listener: () => void): void {
    this.#drained.push(listener);
  }

  /** Calls `listener` once, when the stream has ended, whoever ended it. */
  onClose(listener: () => void): void {
    this.#closers.push(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#disarmKeepAlive();
    this.#disarmStuck?.();
    // What waits for a reader that does not read would keep the socket for ever.
    if (this.#disarmStuck !== undefined) this.#response.destroy();
    else this.#response.end();
    for (const closer of this.#closers) closer();
  }

  #onDrain(): void {
    this.#disarmStuck?.();
    this.#disarmStuck = undefined;
    for (const listener of this.#drained) listener();
  }

  #armKeepAlive(): void {
    this.#disarmKeepAlive = this.#clock.after(this.#keepAlive, () => {
      if (this.free) this.send(": keep-alive\n\n");
      this.#armKeepAlive();
    });
  }
}
