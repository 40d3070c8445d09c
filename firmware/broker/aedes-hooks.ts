import type { AedesOptions, AedesPublishPacket, Client, PublishPacket } from "aedes";
import { writeToStream } from "mqtt-packet";
import type { LimitSettings } from "../../shared/broker/broker-settings.ts";
import type { BrokerGate } from "./access/broker-gate.ts";
import type { BrokerCounters } from "./broker-counters.ts";
import type { MessageRouter } from "./message-router.ts";
import type { BrokerStore } from "./store/broker-store.ts";
import type { LevelPersistence } from "./store/persistence-level.ts";
import { MqttConnection } from "./wire/mqtt-connection.ts";

export interface AedesHookParts {
  readonly gate: BrokerGate;
  readonly store: BrokerStore;
  readonly router: MessageRouter;
  readonly persistence: LevelPersistence;
  readonly counters: BrokerCounters;
  readonly limits: LimitSettings;
  /** A client is let in: from now on its id belongs to this connection. */
  readonly admitted: (connection: MqttConnection) => void;
  /** A client published something that was accepted. */
  readonly received: (packet: PublishPacket, connection: MqttConnection) => void;
}

/** The connection that Aedes serves a client on. */
export function connectionOf(client: Client): MqttConnection | undefined {
  const connection: unknown = client.conn;
  return connection instanceof MqttConnection ? connection : undefined;
}

/** How Aedes is set up, and what it asks us. MQTT 3.1.1. */
export function aedesOptions(parts: AedesHookParts): AedesOptions {
  const { gate, store, router, persistence, counters, limits } = parts;
  // The encoder under Aedes would keep a buffer for each of 65,536 numbers: 10 MB and 20 ms at the first connection, to spare a two-byte write.
  writeToStream.cacheNumbers = false;
  /** True when a QoS 1 or 2 message may be acknowledged only once the store has it. */
  const durable = (packet: PublishPacket): boolean =>
    (packet.retain && !store.retained.isViewed(packet.topic)) || store.sessions.match(packet.topic).length > 0;

  return {
    mq: router,
    persistence,
    concurrency: 1000,
    drainTimeout: 2000,
    connectTimeout: limits.connectTimeout,
    maxInflightInbound: limits.inFlight,
    maxTopicLevels: limits.topicLevels,

    preConnect(client, packet, callback) {
      const connection = connectionOf(client);
      const verdict = connection === undefined ? undefined : gate.inspect(connection, packet);
      if (verdict !== undefined) connection?.refuse(verdict.code, verdict.cause);
      callback(null, verdict === undefined);
    },

    authenticate(client, user, password, done) {
      const connection = connectionOf(client);
      if (connection === undefined) {
        done(null, false);
        return;
      }
      connection.clientId = client.id;
      gate
        .admit(connection, user, password)
        .then((verdict) => {
          if (verdict !== undefined) connection.refuse(verdict.code, verdict.cause);
          const welcome = verdict === undefined && !connection.destroyed;
          if (welcome) parts.admitted(connection);
          done(null, welcome);
        })
        .catch(() => connection.cut("protocol"));
    },

    authorizePublish(client, packet, callback) {
      const connection = client === null ? undefined : connectionOf(client);
      if (connection === undefined) {
        callback(new Error("not allowed"));
        return;
      }
      const problem = gate.publishProblem(connection, packet);
      if (problem !== undefined) {
        callback(problem);
        return;
      }
      if (!connection.own) counters.messagesIn++;
      // Aedes writes PUBACK first and publishes then: the acknowledgement is held back until the message is on disk.
      if (packet.qos === 1 && packet.messageId !== undefined && durable(packet)) connection.heldAcks.hold(packet.messageId);
      callback(null);
    },

    authorizeSubscribe(client, subscription, callback) {
      const connection = connectionOf(client);
      const granted = connection === undefined ? false : gate.maySubscribe(connection, subscription);
      if (granted instanceof Error) callback(granted);
      else {
        if (granted) connection?.granted.set(subscription.topic, subscription.qos);
        callback(null, granted ? subscription : null);
      }
    },

    authorizeForward: (client, packet: AedesPublishPacket) => (router.forwarding(client, packet) ? packet : null),

    published(packet, client, callback) {
      const connection = client === null ? undefined : connectionOf(client);
      if (connection === undefined) {
        callback(null);
        return;
      }
      const { messageId: id, qos, topic, retain } = packet;
      if (retain) {
        const payload = Buffer.from(packet.payload);
        store.retained.store({ topic, payload, qos, retain: true, principal: connection.rights?.principal ?? "" });
      }
      if (!connection.own) parts.received(packet, connection);
      const held = qos === 1 && id !== undefined && connection.heldAcks.holds(id);
      if (!held && (qos !== 2 || (connection.clean && !durable(packet)))) {
        callback(null);
        return;
      }
      store.commit
        .commit()
        .then(() => {
          if (held) connection.heldAcks.release(id);
          callback(null);
        })
        .catch(() => connection.cut("protocol"));
    },
  };
}
