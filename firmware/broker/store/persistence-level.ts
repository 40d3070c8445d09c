import { Readable } from "node:stream";
import type { AedesPublishPacket } from "aedes";
import type { LimitSettings } from "../../../shared/broker/broker-settings.ts";
import { lowerQos, type Qos } from "../qos.ts";
import type { MqttConnection } from "../wire/mqtt-connection.ts";
import { PublishFrame } from "../wire/publish-frame.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { Delivery, Session, StoredSubscription } from "./session.ts";
import type { SessionStore } from "./session-store.ts";
import type { StoredMessage } from "./store-record.ts";
import type { WillStore } from "./will-store.ts";

/** What Aedes hands over as a client; some calls bring the id only. */
interface StoreClient {
  readonly id: string;
  readonly clean?: boolean;
}

/** A packet of the QoS 1 and 2 handshakes. `messageId` may be given anew before it is written. */
interface StorePacket {
  readonly cmd?: string;
  readonly brokerCounter?: number;
  messageId?: number | undefined;
}

export interface LevelPersistenceParts {
  readonly sessions: SessionStore;
  readonly wills: WillStore;
  readonly commit: GroupCommit;
  readonly limits: LimitSettings;
  /** The connection of a client that is let in, by its id. */
  readonly connectionOf: (clientId: string) => MqttConnection | undefined;
}

const frameOf = (message: StoredMessage): PublishFrame => new PublishFrame(message.topic, message.payload, message.retain);

/** No such packet: Aedes takes it as "not seen before". */
class NoSuchPacket extends Error {}

/**
 * The persistence Aedes asks for, on the session store. A promise resolves when the change is on disk where the answer to the client promises that,
 * and at once elsewhere. Retained messages do not pass here: the broker stores and sends them itself.
 */
export class LevelPersistence {
  readonly #parts: LevelPersistenceParts;
  readonly #settled = Promise.resolve();
  readonly #none: Promise<readonly StoredSubscription[]> = Promise.resolve([]);
  /** QoS 2 packet ids of clients without a stored session. */
  readonly #incoming = new Map<string, Set<number>>();

  constructor(parts: LevelPersistenceParts) {
    this.#parts = parts;
  }

  async setup(): Promise<void> {}

  storeRetained(): Promise<void> {
    return this.#settled;
  }

  createRetainedStreamCombi(): Readable {
    return Readable.from([]);
  }

  /** Aedes gives all filters of SUBSCRIBE, those refused among them: what was granted is stored instead. */
  addSubscriptions(client: StoreClient): Promise<void> {
    const session = this.#parts.sessions.get(client.id);
    const granted = this.#parts.connectionOf(client.id)?.granted;
    if (session === undefined || granted === undefined) return this.#settled;
    for (const [filter, qos] of granted) this.#parts.sessions.subscribe(session, filter, qos);
    return this.#parts.commit.commit();
  }

  removeSubscriptions(client: StoreClient, filters: readonly string[]): Promise<void> {
    const session = this.#parts.sessions.get(client.id);
    if (session === undefined) return this.#settled;
    for (const filter of filters) this.#parts.sessions.unsubscribe(session, filter);
    return this.#parts.commit.commit();
  }

  async subscriptionsByClient(client: StoreClient): Promise<readonly { topic: string; qos: Qos }[]> {
    const session = this.#parts.sessions.get(client.id);
    return session === undefined ? [] : [...session.subscriptions.values()].map(({ topic, qos }) => ({ topic, qos }));
  }

  subscriptionsByTopic(topic: string): Promise<readonly StoredSubscription[]> {
    const found = this.#parts.sessions.match(topic);
    return found.length === 0 ? this.#none : Promise.resolve(found);
  }

  /** CONNECT with clean session 1 ends the session there was. MQTT 3.1.1 §3.1.2.4. */
  cleanSubscriptions(client: StoreClient): Promise<void> {
    const session = this.#parts.sessions.get(client.id);
    if (session === undefined) return this.#settled;
    this.#parts.sessions.drop(session);
    return this.#parts.commit.commit();
  }

  outgoingEnqueueCombi(subscriptions: readonly StoredSubscription[], packet: AedesPublishPacket): Promise<void> {
    if (subscriptions.length > 0) {
      const { topic, payload, qos } = packet;
      // A copy: what is kept must not hold on to the chunk it came in.
      this.enqueue(subscriptions, { topic, payload: Buffer.from(payload), qos, retain: false, principal: "" });
    }
    return this.#settled;
  }

  /** Puts a message into the queues of sessions and sends it to those whose client is there. */
  enqueue(subscriptions: readonly StoredSubscription[], message: StoredMessage): void {
    for (const { session, qos } of subscriptions) {
      const delivery = this.#parts.sessions.enqueue(session, { ...message, qos: lowerQos(message.qos, qos) });
      if (delivery !== undefined) this.send(session, delivery);
    }
  }

  /** Sends a queued message now if its client is there and has all that came before. */
  send(session: Session, delivery: Delivery): void {
    const { connection } = session;
    if (connection === undefined || connection.catchingUp || !connection.accepted) return;
    this.#parts.sessions.assign(session, delivery, () => connection.takeId());
    const frame = frameOf(delivery.message);
    const { qos } = delivery.message;
    // A QoS 2 packet id that was forgotten in a crash would make the client take the message twice.
    if (qos === 2) void this.#parts.commit.commit().then(() => connection.deliver(frame, qos, delivery.id));
    else connection.deliver(frame, qos, delivery.id);
  }

  outgoingUpdate(client: StoreClient, packet: StorePacket): Promise<void> {
    const { sessions, commit } = this.#parts;
    const session = sessions.get(client.id);
    if (session === undefined) return this.#settled;
    if (packet.cmd === "pubrel" && packet.brokerCounter === undefined) {
      sessions.release(session, packet.messageId ?? 0);
      return commit.commit();
    }
    const delivery = session.queue.get(packet.brokerCounter ?? 0);
    if (delivery !== undefined) packet.messageId = delivery.id;
    return delivery?.message.qos === 2 ? commit.commit() : this.#settled;
  }

  outgoingClearMessageId(client: StoreClient, packet: StorePacket): Promise<undefined> {
    const session = this.#parts.sessions.get(client.id);
    if (session !== undefined && packet.messageId !== undefined) this.#parts.sessions.settle(session, packet.messageId);
    return this.#settled.then(() => undefined);
  }

  /** The backlog of a session whose client came back. */
  outgoingStream(client: StoreClient): Readable {
    const session = this.#parts.sessions.get(client.id);
    const connection = this.#parts.connectionOf(client.id);
    if (session === undefined || connection === undefined || connection.clean) return Readable.from([]);
    session.connection = connection;
    this.#parts.sessions.purge(session, (topic) => connection.rights?.maySubscribe(topic) === true);
    const again = new Set<number>();
    for (const delivery of session.queue.values()) {
      if (delivery.id !== 0) again.add(delivery.seq);
      else this.#parts.sessions.assign(session, delivery, () => connection.takeId());
    }
    return Readable.from(this.#backlog(session, connection, again));
  }

  *#backlog(session: Session, connection: MqttConnection, again: ReadonlySet<number>): Generator<object> {
    for (const delivery of session.queue.values()) {
      if (connection.destroyed) return;
      if (delivery.id === 0) this.#parts.sessions.assign(session, delivery, () => connection.takeId());
      const { topic, payload, qos, retain } = delivery.message;
      const ids = { brokerId: "session", brokerCounter: delivery.seq, messageId: delivery.id };
      if (delivery.released) yield { cmd: "pubrel", ...ids };
      else yield { cmd: "publish", topic, payload, qos, retain, dup: again.has(delivery.seq), ...ids };
    }
  }

  /** The backlog is written: what came behind it follows, and from now on messages are sent as they come. */
  caughtUp(connection: MqttConnection): void {
    const session = this.#parts.sessions.get(connection.clientId);
    connection.catchingUp = false;
    if (session?.connection !== connection) return;
    for (const delivery of session.queue.values()) if (delivery.id === 0) this.send(session, delivery);
  }

  async incomingStorePacket(client: StoreClient, packet: StorePacket): Promise<void> {
    const id = packet.messageId ?? 0;
    const session = this.#parts.sessions.get(client.id);
    if (session !== undefined) {
      if (!this.#parts.sessions.addIncoming(session, id)) throw new Error("too many unfinished QoS 2 messages");
      return;
    }
    const ids = this.#incoming.get(client.id);
    if (ids === undefined) this.#incoming.set(client.id, new Set([id]));
    else ids.add(id);
  }

  /** @throws {NoSuchPacket} it is new */
  async incomingGetPacket(client: StoreClient, packet: StorePacket): Promise<StorePacket> {
    const id = packet.messageId ?? 0;
    const session = this.#parts.sessions.get(client.id);
    if (!(session?.incoming ?? this.#incoming.get(client.id))?.has(id)) throw new NoSuchPacket();
    // A repeated PUBLISH may not be answered before the first one is on disk.
    if (session !== undefined) await this.#parts.commit.commit();
    return packet;
  }

  async incomingDelPacket(client: StoreClient, packet: StorePacket): Promise<void> {
    const id = packet.messageId ?? 0;
    const session = this.#parts.sessions.get(client.id);
    if (session === undefined) {
      this.#incoming.get(client.id)?.delete(id);
      return;
    }
    this.#parts.sessions.removeIncoming(session, id);
    // After PUBCOMP the client may use the id for another message: it must not look like a repetition then.
    await this.#parts.commit.commit();
  }

  cleanIncoming(client: StoreClient): Promise<void> {
    this.#incoming.delete(client.id);
    return this.#settled;
  }

  /** The broker stores wills itself, once the client is let in. */
  putWill(): Promise<void> {
    return this.#settled;
  }

  delWill(client: StoreClient): Promise<undefined> {
    const connection = this.#parts.connectionOf(client.id);
    // When a connection takes over another one's client id, the old will must not take the new one along.
    if (connection === undefined || connection.destroyed || !connection.accepted) this.#parts.wills.remove(client.id);
    return this.#settled.then(() => undefined);
  }

  streamWill(): Readable {
    return Readable.from([]);
  }
}
