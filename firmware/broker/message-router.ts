import type { AedesPublishPacket, Client } from "aedes";
import { FilterTable } from "../../shared/broker/filter-table.ts";
import { lowerQos, type Qos } from "./qos.ts";
import type { MqttConnection } from "./wire/mqtt-connection.ts";
import { PublishFrame } from "./wire/publish-frame.ts";

/** How Aedes delivers a message to one subscription. The router delivers itself and only uses it to tell subscriptions apart. */
export type Deliver = (packet: AedesPublishPacket, done: () => void) => void;

/** A live subscription of a client. */
interface Subscriber {
  readonly connection: MqttConnection;
  readonly qos: Qos;
}

/** One delivery per client, with the highest QoS that one of its filters asks for. MQTT 3.1.1 §3.3.5. */
function strongest(found: readonly Subscriber[]): readonly Subscriber[] {
  if (found.length < 2) return found;
  const best = new Map<MqttConnection, Subscriber>();
  for (const one of found) {
    const other = best.get(one.connection);
    if (other === undefined || other.qos < one.qos) best.set(one.connection, one);
  }
  return [...best.values()];
}

const probeTopic = "probe";
const nothing = (): void => undefined;

/**
 * The emitter that Aedes publishes through. It finds the subscribers of a topic from a cache, encodes a message once, and hands it to the connections
 * without ever waiting for one of them. Messages for stored sessions above QoS 0 go through the session's queue instead.
 */
export class MessageRouter {
  readonly #subscribers = new FilterTable<Subscriber>({ merge: strongest });
  readonly #own = new FilterTable<Deliver>();
  readonly #byDeliver = new Map<Deliver, Subscriber>();
  readonly #connectionOf: (client: Client) => MqttConnection | undefined;
  #probed: Client | undefined;
  #closed = false;
  /** False while Aedes subscribes for itself, at start. */
  serving = false;

  constructor(connectionOf: (client: Client) => MqttConnection | undefined) {
    this.#connectionOf = connectionOf;
  }

  /** Live subscriptions of clients. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** True while a client listens to the topic. */
  listened(topic: string): boolean {
    return this.#subscribers.match(topic).length > 0;
  }

  /** Aedes asks whether it may forward: never needed, except that it tells whose subscription a `Deliver` is. */
  forwarding(client: Client, packet: AedesPublishPacket): boolean {
    if (packet.topic !== probeTopic || !this.#probing) return true;
    this.#probed = client;
    return false;
  }

  #probing = false;

  /** The client behind a subscription, which Aedes does not tell. */
  #clientOf(deliver: Deliver): Client | undefined {
    this.#probed = undefined;
    this.#probing = true;
    const probe = {
      cmd: "publish",
      topic: probeTopic,
      payload: "",
      qos: 0,
      dup: false,
      retain: false,
      brokerId: "",
      brokerCounter: 0,
    } as const;
    deliver(probe, nothing);
    this.#probing = false;
    return this.#probed;
  }

  on(filter: string, deliver: Deliver, done?: () => void): this {
    const client = this.serving ? this.#clientOf(deliver) : undefined;
    const connection = client === undefined ? undefined : this.#connectionOf(client);
    if (connection === undefined) this.#own.add(filter, deliver);
    else {
      const subscriber: Subscriber = { connection, qos: connection.granted.get(filter) ?? 0 };
      this.#byDeliver.set(deliver, subscriber);
      this.#subscribers.add(filter, subscriber);
    }
    done?.();
    return this;
  }

  removeListener(filter: string, deliver: Deliver, done?: () => void): this {
    const subscriber = this.#byDeliver.get(deliver);
    if (subscriber === undefined) this.#own.remove(filter, deliver);
    else {
      this.#byDeliver.delete(deliver);
      this.#subscribers.remove(filter, subscriber);
    }
    done?.();
    return this;
  }

  emit(packet: AedesPublishPacket, done: () => void): this {
    if (!this.#closed) {
      for (const deliver of this.#own.match(packet.topic)) deliver(packet, nothing);
      const { payload } = packet;
      this.route(packet.topic, typeof payload === "string" ? Buffer.from(payload) : payload, packet.qos);
    }
    done();
    return this;
  }

  /** Hands a message to all clients that listen. */
  route(topic: string, payload: Buffer, qos: Qos): void {
    const subscribers = this.#subscribers.match(topic);
    if (subscribers.length === 0) return;
    const frame = new PublishFrame(topic, payload, false);
    for (const { connection, qos: granted } of subscribers) {
      const lower = lowerQos(qos, granted);
      if (connection.accepted && (lower === 0 || connection.clean)) connection.deliver(frame, lower);
    }
  }

  close(done: () => void): void {
    this.#closed = true;
    done();
  }
}
