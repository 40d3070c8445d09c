import type { IClientOptions, MqttClient } from "mqtt";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { LinkTransport } from "../../../shared/connectors/link/board-end.ts";

/** QoS 1 messages without PUBACK at once; fewer where the broker says so. MQTT 5 §3.3.4. */
const mostUnanswered = 20;
/** Larger messages carry old records: smaller ones go ahead of them. */
const bulkBytes = 16_384;

export interface UplinkConnectionParts {
  readonly url: string;
  readonly options: IClientOptions;
  /** The topic that messages go to, and the one they come from. */
  readonly up: string;
  readonly down: string;
  /** Bytes that may wait or be without PUBACK; a message beyond is refused. */
  readonly mostBytes: number;
  readonly onMessage: (payload: Uint8Array) => void;
}

interface Waiting {
  readonly payload: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One connection to the gateway's broker, from its opening to its end; what is lost with it is not sent again here. */
export class UplinkConnection implements LinkTransport {
  /** Resolves, with why, when the connection has ended. */
  readonly ended: Promise<Error>;
  /** Messages refused because too much was waiting. */
  refused = 0;
  readonly #parts: UplinkConnectionParts;
  readonly #client: MqttClient;
  readonly #most: number;
  #small: Waiting[] = [];
  #bulk: Waiting[] = [];
  #unanswered = 0;
  #bytes = 0;
  #isOpen = true;

  private constructor(parts: UplinkConnectionParts, client: MqttClient, most: number) {
    this.#parts = parts;
    this.#client = client;
    this.#most = most;
    client.on("message", (_topic, payload) => parts.onMessage(payload));
    this.ended = new Promise((resolve) => {
      let why = new Error("the connection was closed by the other side");
      client.on("error", (error) => {
        why = error;
      });
      client.on("close", () => {
        this.#isOpen = false;
        for (const { reject } of [...this.#small, ...this.#bulk]) reject(why);
        this.#small = [];
        this.#bulk = [];
        client.end(true);
        resolve(why);
      });
    });
  }

  /** Connects and subscribes. Rejects with what the library, the network or the broker gives as the reason. */
  static async open(parts: UplinkConnectionParts, stop: StopSignal): Promise<UplinkConnection> {
    // Loaded with the first connection: a board without uplink does not pay for it.
    const { connect } = await import("mqtt");
    const client = connect(parts.url, parts.options);
    return new Promise((resolve, reject) => {
      let reason = new Error("the connection was closed before the broker answered");
      const onError = (error: Error): void => {
        reason = error;
      };
      const settle = (): void => {
        stop.removeEventListener("abort", giveUp);
        client.off("close", giveUp);
        client.off("error", onError);
      };
      const giveUp = (): void => {
        settle();
        // What goes wrong while it ends concerns nobody any more.
        client.on("error", () => {});
        client.end(true);
        reject(reason);
      };
      stop.addEventListener("abort", giveUp);
      client.on("error", onError);
      client.on("close", giveUp);
      client.on("connect", ({ properties }) => {
        const most = Math.min(mostUnanswered, properties?.receiveMaximum ?? mostUnanswered);
        client.subscribe(parts.down, { qos: 1 }, (error, granted) => {
          const denied = granted?.some(({ qos }) => qos > 2);
          if (error !== null || denied === true) {
            reason = Object.assign(new Error(`it does not let this board subscribe to ${parts.down}`), { code: 135 });
            giveUp();
            return;
          }
          settle();
          resolve(new UplinkConnection(parts, client, most));
        });
      });
    });
  }

  send(payload: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen || this.#bytes + payload.length > this.#parts.mostBytes) {
        if (this.#isOpen) this.refused++;
        reject(new Error(this.#isOpen ? "the connection is too slow" : "the connection has ended"));
        return;
      }
      this.#bytes += payload.length;
      (payload.length > bulkBytes ? this.#bulk : this.#small).push({ payload, resolve, reject });
      this.#pump();
    });
  }

  /** Bytes that wait or are without PUBACK. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Says goodbye with `last` and ends the connection; what the broker has not answered within the time is given up. */
  async close(last: Uint8Array, limit: number): Promise<void> {
    if (!this.#isOpen) return;
    const late = new Promise<void>((resolve) => setTimeout(resolve, limit).unref());
    await Promise.race([this.send(last).catch(() => undefined), late]);
    this.#client.end(false, {}, () => undefined);
    await Promise.race([this.ended, late]);
    this.#client.end(true);
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#client.end(true);
  }

  #pump(): void {
    while (this.#isOpen && this.#unanswered < this.#most) {
      const next = this.#small.shift() ?? this.#bulk.shift();
      if (next === undefined) return;
      this.#publish(next);
    }
  }

  #publish({ payload, resolve, reject }: Waiting): void {
    this.#unanswered++;
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#client.publish(this.#parts.up, bytes, { qos: 1 }, (error) => {
      this.#unanswered--;
      this.#bytes -= payload.length;
      if (error === undefined || error === null) resolve();
      else reject(error);
      this.#pump();
    });
  }
}
