import type { LimitSettings } from "../../../shared/broker/broker-settings.ts";
import { lowerQos } from "../qos.ts";
import type { MqttConnection } from "../wire/mqtt-connection.ts";
import { PublishFrame } from "../wire/publish-frame.ts";
import type { LevelPersistence } from "./persistence-level.ts";
import type { RetainedStore } from "./retained-store.ts";
import type { SessionStore } from "./session-store.ts";

export interface RetainedSenderParts {
  readonly retained: RetainedStore;
  readonly sessions: SessionStore;
  readonly persistence: LevelPersistence;
  readonly limits: LimitSettings;
}

/** Sends new subscriptions their retained messages, as fast as the client takes them. MQTT 3.1.1 §3.8.4. */
export class RetainedSender {
  readonly #parts: RetainedSenderParts;

  /** Filters that wait, of connections that are being sent to: a client that asks again and again gets no second sender. */
  readonly #waiting = new Map<MqttConnection, Set<string>>();

  constructor(parts: RetainedSenderParts) {
    this.#parts = parts;
  }

  /** Sends what the filters match. Filters that were not granted are left out. */
  async send(connection: MqttConnection, filters: readonly string[]): Promise<void> {
    const busy = this.#waiting.get(connection);
    const waiting = busy ?? new Set<string>();
    for (const filter of filters) if (connection.granted.has(filter)) waiting.add(filter);
    if (busy !== undefined) return;
    this.#waiting.set(connection, waiting);
    for (const filter of waiting) {
      waiting.delete(filter);
      await this.#sendFilter(connection, filter);
    }
    this.#waiting.delete(connection);
  }

  async #sendFilter(connection: MqttConnection, filter: string): Promise<void> {
    const { retained, sessions, persistence, limits } = this.#parts;
    for (const message of retained.matching(filter)) {
      const granted = connection.granted.get(filter);
      if (connection.destroyed || granted === undefined) return;
      const qos = lowerQos(message.qos, granted);
      const session = qos === 0 || connection.clean ? undefined : sessions.get(connection.clientId);
      // The queue is for what is new: a long list of retained messages may fill half of it.
      const roomy = session !== undefined && 2 * session.queue.size < limits.offlineMessages && 2 * session.bytes < limits.offlineBytes;
      const delivery = roomy ? sessions.enqueue(session, { ...message, qos }) : undefined;
      if (session !== undefined && delivery !== undefined) persistence.send(session, delivery);
      else connection.deliver(new PublishFrame(message.topic, message.payload, true), qos);
      if (connection.backlog() > limits.outSoftBytes / 2) await connection.room();
    }
  }
}
