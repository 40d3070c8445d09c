import { connect, type MqttClient } from "mqtt";
import { NodeClock } from "../../firmware/platform/clock-node.ts";
import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import { buildTopic, parseTopic, topicFilter } from "../../shared/broker/topic.ts";
import { GatewayEnd } from "../../shared/connectors/link/gateway-end.ts";
import { defaultGatewayLink, type GatewayLinkSettings } from "../../shared/connectors/link/link-settings.ts";
import type { LinkCommand, LinkStore } from "../../shared/connectors/ports.ts";

export interface ReferenceReceiverParts {
  readonly url: string;
  readonly store: LinkStore;
  readonly log: Log;
  readonly clock?: Clock;
  readonly settings?: GatewayLinkSettings;
  /** Boards that are called at once; others when they announce themselves. */
  readonly boards?: readonly string[];
}

/** A gateway that only receives: one end of the link per board on a real broker, for tests and benches. */
export class ReferenceReceiver implements AsyncDisposable {
  readonly #parts: ReferenceReceiverParts;
  readonly #client: MqttClient;
  readonly #ends = new Map<string, Promise<GatewayEnd>>();

  private constructor(parts: ReferenceReceiverParts, client: MqttClient) {
    this.#parts = parts;
    this.#client = client;
    client.on("message", (topic, payload) => {
      const address = parseTopic(topic);
      if (address?.kind === "link") void this.end(address.thing).then((end) => end.receive(payload));
    });
    client.on("connect", () => this.#called());
    client.on("close", () => {
      for (const end of this.#ends.values()) void end.then((one) => one.disconnected());
    });
    client.on("error", () => {});
  }

  static async open(parts: ReferenceReceiverParts): Promise<ReferenceReceiver> {
    const client = connect(parts.url, {
      protocolVersion: 4,
      clientId: `penstock-gateway-${parts.store.epoch}`,
      clean: true,
      reconnectPeriod: 50,
      connectTimeout: 5000,
      resubscribe: false,
    });
    const receiver = new ReferenceReceiver(parts, client);
    if (!client.connected) await new Promise((resolve) => client.once("connect", resolve));
    return receiver;
  }

  /** The end of one board; opened when first asked for. */
  end(board: string): Promise<GatewayEnd> {
    let end = this.#ends.get(board);
    if (end === undefined) {
      const { store, log, clock = new NodeClock(), settings = defaultGatewayLink } = this.#parts;
      const topic = buildTopic({ kind: "link", thing: board, direction: "down" });
      const send = (payload: Uint8Array): void => void this.#client.publish(topic, Buffer.from(payload), { qos: 1 }, () => {});
      end = GatewayEnd.open({ board, store, settings, send, clock, log });
      this.#ends.set(board, end);
    }
    return end;
  }

  async issue(board: string, command: LinkCommand): Promise<void> {
    (await this.end(board)).issue(command);
  }

  async close(): Promise<void> {
    for (const end of this.#ends.values()) await (await end).close();
    await this.#client.endAsync(true);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #called(): void {
    this.#client.subscribe(topicFilter({ kind: "link", thing: "+", direction: "up" }), { qos: 1 }, () => {
      for (const board of this.#parts.boards ?? []) void this.end(board);
      for (const end of this.#ends.values()) void end.then((one) => one.connected());
    });
  }
}
