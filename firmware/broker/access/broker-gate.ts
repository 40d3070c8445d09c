import type { ConnectPacket, PublishPacket, Subscription } from "aedes";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { millis } from "../../../shared/base/units.ts";
import { type AccessRules, bindRules, breaksPatterns, usesPlaceholder } from "../../../shared/broker/access-rules.ts";
import type { BrokerSettings } from "../../../shared/broker/broker-settings.ts";
import { isReserved, isTopicFilter, isTopicName, levelCount } from "../../../shared/broker/topic-filter.ts";
import type { BrokerCounters, Refusal } from "../broker-counters.ts";
import { probeTopic } from "../broker-probe.ts";
import type { SessionStore } from "../store/session-store.ts";
import type { StoredMessage } from "../store/store-record.ts";
import type { MqttConnection } from "../wire/mqtt-connection.ts";
import type { Accounts } from "./accounts.ts";
import { ClientRights } from "./client-rights.ts";

/** The board itself. */
export const board = "board";

/** A client without an account. */
export const anonymous = "anonymous";

export interface BrokerGateParts {
  readonly settings: BrokerSettings;
  readonly accounts: Accounts | undefined;
  readonly sessions: SessionStore;
  readonly counters: BrokerCounters;
  readonly clock: Clock;
  readonly log: Log;
  /** Topics only the board publishes to. */
  readonly owned: (topic: string) => boolean;
  /** The connection that has a client id now. */
  readonly connected: (clientId: string) => MqttConnection | undefined;
  /** How many clients are connected. */
  readonly clients: () => number;
}

const quiet = millis(1000);

type Verdict = { readonly code: 1 | 2 | 3 | 4 | 5; readonly cause: Refusal } | undefined;

function willOf({ will }: ConnectPacket): StoredMessage | undefined {
  if (will === undefined) return undefined;
  const { topic, payload, qos = 0, retain = false } = will;
  return { topic, payload: Buffer.from(payload ?? ""), qos, retain, principal: "" };
}

/** Decides who comes in, and who may publish and subscribe to what. */
export class BrokerGate {
  readonly #parts: BrokerGateParts;
  #nextWarning = 0;
  #unsaid = 0;

  constructor(parts: BrokerGateParts) {
    this.#parts = parts;
  }

  /** Looks at CONNECT before anything else is done with it; `undefined` lets it pass. MQTT 3.1.1 §3.1. */
  inspect(connection: MqttConnection, packet: ConnectPacket): Verdict {
    const { settings, connected, clients } = this.#parts;
    const { limits } = settings;
    connection.clientId = packet.clientId;
    connection.clean = packet.clean !== false;
    connection.will = willOf(packet);
    if (packet.clientId.length > 256 || packet.clientId.includes("\0")) return { code: 2, cause: "identifier" };
    // MQTT 3.1.1 §3.1.3.1: a stored session needs a name.
    if (packet.clientId === "" && !connection.clean) return { code: 2, cause: "identifier" };
    const keepalive = (packet.keepalive ?? 0) * 1000;
    if (keepalive === 0 || keepalive > limits.keepalive) return { code: 2, cause: "keepalive" };
    if (packet.will !== undefined && !this.#isTopic(packet.will.topic)) return { code: 5, cause: "will" };
    if (!connection.own && clients() >= limits.clients && connected(packet.clientId) === undefined) return { code: 3, cause: "full" };
    return undefined;
  }

  /** Checks name and password, and sets the rights of the connection. */
  async admit(connection: MqttConnection, user: string | undefined, password: Buffer | undefined): Promise<Verdict> {
    if (connection.own) return undefined;
    const { settings, accounts, sessions, connected } = this.#parts;
    let principal = anonymous;
    let rules = settings.anonymousRules;
    if (user === undefined || accounts === undefined) {
      if (!settings.anonymous || !connection.loopback) return { code: user === undefined ? 5 : 4, cause: "credentials" };
    } else {
      const login = await accounts.login(user, password ?? Buffer.alloc(0), connection.address);
      if (login.outcome === "busy") return { code: 3, cause: "busy" };
      if (login.outcome === "backoff") return { code: 5, cause: "backoff" };
      if (login.outcome === "refused") return { code: 4, cause: "credentials" };
      principal = login.account.name;
      rules = login.account.rules;
    }
    // MQTT names are free text; in a pattern they must not act as more than one level.
    if (usesPlaceholder(rules, "%c") && breaksPatterns(connection.clientId)) return { code: 2, cause: "identifier" };
    const owner = connected(connection.clientId)?.rights?.principal ?? sessions.get(connection.clientId)?.principal;
    if (owner !== undefined && owner !== principal) return { code: 2, cause: "identifier" };
    connection.rights = this.rightsOf(principal, rules, connection.clientId);
    if (connection.will !== undefined && !connection.rights.mayPublish(connection.will.topic)) return { code: 5, cause: "will" };
    if (connection.clean) return undefined;
    connection.sessionPresent = sessions.get(connection.clientId) !== undefined;
    return sessions.ensure(connection.clientId, principal) === undefined ? { code: 3, cause: "full" } : undefined;
  }

  /** Rights by what the rules are now; `undefined` when the principal may not be here at all. */
  currentRights(principal: string, clientId: string): ClientRights | undefined {
    const { settings, accounts } = this.#parts;
    if (principal === anonymous) return settings.anonymous ? this.rightsOf(principal, settings.anonymousRules, clientId) : undefined;
    const account = accounts?.get(principal);
    return account === undefined ? undefined : this.rightsOf(principal, account.rules, clientId);
  }

  /** True when whoever published a message may still do so. Of its client nothing is known any more: any `%c` will do. */
  mayStillPublish(principal: string, topic: string): boolean {
    if (principal === board) return isTopicName(topic);
    const rules = principal === anonymous ? this.#parts.settings.anonymousRules : this.#parts.accounts?.get(principal)?.rules;
    if (!this.#isTopic(topic) || rules === undefined || (principal === anonymous && !this.#parts.settings.anonymous)) return false;
    const publish = rules.publish.map((filter) => filter.replaceAll("%c", "+"));
    return this.rightsOf(principal, { ...rules, publish }, "").mayPublish(topic);
  }

  rightsOf(principal: string, rules: AccessRules, clientId: string): ClientRights {
    return new ClientRights(principal, bindRules(rules, { user: principal, client: clientId }), this.#parts.owned);
  }

  /** `undefined` when the connection may publish the packet; else it must end. MQTT 3.1.1 §3.3.5. */
  publishProblem(connection: MqttConnection, packet: PublishPacket): Error | undefined {
    if (connection.own && packet.topic === probeTopic) return undefined;
    if (connection.rights?.mayPublish(packet.topic) === true && this.#isTopic(packet.topic)) return undefined;
    if (!connection.destroyed) {
      const { clientId: client, rights } = connection;
      const topic = packet.topic.slice(0, 200);
      this.#warn({ client, principal: rights?.principal, topic }, "a client may not publish to this topic and was disconnected");
      connection.cut("forbidden");
    }
    return new Error("not allowed");
  }

  /** An error when the filter breaks the protocol, `false` when it is refused, `true` when it is granted. MQTT 3.1.1 §3.8, §3.9.3. */
  maySubscribe(connection: MqttConnection, subscription: Subscription): boolean | Error {
    const { limits } = this.#parts.settings;
    const { topic } = subscription;
    if (connection.own) return topic === probeTopic;
    if (!isTopicFilter(topic)) return new Error("not a topic filter");
    const room = connection.granted.has(topic) || connection.granted.size < limits.subscriptions;
    const fits = Buffer.byteLength(topic) <= limits.topicBytes && levelCount(topic) <= limits.topicLevels;
    if (room && fits && connection.rights?.maySubscribe(topic) === true) return true;
    this.#parts.counters.subscriptionsRefused++;
    const { clientId: client, rights } = connection;
    this.#warn({ client, principal: rights?.principal, filter: topic.slice(0, 200) }, "a subscription was refused");
    return false;
  }

  /** Warns once a second at most: a client must not fill the log. */
  #warn(fields: object, message: string): void {
    const now = this.#parts.clock.monotonic();
    if (now < this.#nextWarning) {
      this.#unsaid++;
      return;
    }
    this.#parts.log.warn({ ...fields, unsaid: this.#unsaid }, message);
    this.#nextWarning = now + quiet;
    this.#unsaid = 0;
  }

  #isTopic(topic: string): boolean {
    const { limits } = this.#parts.settings;
    return (
      isTopicName(topic) && !isReserved(topic) && levelCount(topic) <= limits.topicLevels && Buffer.byteLength(topic) <= limits.topicBytes
    );
  }
}
