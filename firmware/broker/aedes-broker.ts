import { randomBytes } from "node:crypto";
import { Aedes, type Client, type Connection, type PublishPacket } from "aedes";
import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric } from "../../shared/base/metric.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { millis } from "../../shared/base/units.ts";
import type { BrokerConfig } from "../../shared/broker/broker-config.ts";
import { type BrokerSettings, brokerSettings } from "../../shared/broker/broker-settings.ts";
import { FilterTable } from "../../shared/broker/filter-table.ts";
import type { Broker, BrokerMessage, PublishOptions, RetainedView } from "../../shared/broker/ports.ts";
import { filterMatches, isTopicFilter, isTopicName, longestTopic } from "../../shared/broker/topic-filter.ts";
import type { Recovery } from "../platform/level/open-level.ts";
import { Accounts } from "./access/accounts.ts";
import { BrokerGate, board } from "./access/broker-gate.ts";
import { reviewRights } from "./access/rights-review.ts";
import { aedesOptions, connectionOf } from "./aedes-hooks.ts";
import { BrokerCounters } from "./broker-counters.ts";
import { BadPublish, BrokerClosed } from "./broker-errors.ts";
import { brokerMetrics } from "./broker-metrics.ts";
import { probeBroker } from "./broker-probe.ts";
import { MessageRouter } from "./message-router.ts";
import { BrokerStore } from "./store/broker-store.ts";
import { LevelPersistence } from "./store/persistence-level.ts";
import { RetainedSender } from "./store/retained-sender.ts";
import type { StoredMessage } from "./store/store-record.ts";
import { HalfOpen } from "./wire/half-open.ts";
import { checkExposure, type Listener, openListener } from "./wire/listener.ts";
import { MqttConnection } from "./wire/mqtt-connection.ts";
import { OutboundTurn } from "./wire/outbound-turn.ts";
import type { Wire, WireEvents } from "./wire/wire.ts";

export interface AedesBrokerParts {
  readonly config?: BrokerConfig;
  /** Where sessions, retained messages and wills are kept. Made with mode 0700 when missing. */
  readonly directory: string;
  readonly retainedViews?: readonly RetainedView[];
  /** Filters of further topics that only the board publishes to; what a view owns is always the board's. Default: samples, reported, desired, status. */
  readonly boardTopics?: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Why there is no disk to keep anything on: the broker serves all the same, but acknowledges nothing that must be stored. */
  readonly storeRefusal?: Error;
  /** Gives a number in [0, 1): spreads the waits after wrong passwords. Default `Math.random`. */
  readonly random?: () => number;
}

/** One owner per field: the board reports, keeps what is desired, and says what is online. */
const ownTopics = ["penstock/v1/+/data/#", "penstock/v1/+/twin/+/reported", "penstock/v1/+/twin/+/desired", "penstock/v1/+/status"];
const sweepInterval = millis(60_000);

/** Aedes asks for a stream and uses an event emitter with `read`, `write` and `destroy`. */
const isConnection = (value: unknown): value is Connection => value instanceof MqttConnection;

/**
 * The board's MQTT 3.1.1 broker: Aedes for the protocol; routing, storage, rights and bounds are ours. MQTT 3.1 and 5.0 are refused with return code 1.
 * QoS 1 and 2 are acknowledged when what must outlive the process (stored sessions, retained messages) is on disk; nothing else waits for the disk.
 */
export class AedesBroker implements Broker, AsyncDisposable {
  readonly #settings: BrokerSettings;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #store: BrokerStore;
  readonly #accounts: Accounts | undefined;
  readonly #counters: BrokerCounters;
  readonly #gate: BrokerGate;
  readonly #router: MessageRouter;
  readonly #persistence: LevelPersistence;
  readonly #retainedSender: RetainedSender;
  readonly #halfOpen: HalfOpen;
  readonly #aedes: Aedes;
  readonly #turn = new OutboundTurn();
  readonly #connections = new Map<MqttConnection, Client>();
  readonly #clients = new Map<string, MqttConnection>();
  #reloading: Promise<void> = Promise.resolve();
  readonly #handlers = new FilterTable<(message: BrokerMessage) => void>();
  readonly #listeners: Listener[] = [];
  readonly #settled = Promise.resolve();
  #disarmSweep = (): void => undefined;
  #closing: Promise<void> | undefined;

  private constructor(
    parts: AedesBrokerParts,
    settings: BrokerSettings,
    store: BrokerStore,
    counters: BrokerCounters,
    accounts: Accounts | undefined,
  ) {
    const { log, clock, boardTopics = ownTopics } = parts;
    const { limits } = settings;
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
    this.#store = store;
    this.#counters = counters;
    this.#accounts = accounts;
    this.#halfOpen = new HalfOpen(limits.halfOpen, counters);
    this.#gate = new BrokerGate({
      settings,
      accounts,
      sessions: store.sessions,
      counters,
      clock,
      log,
      owned: (topic) => store.retained.isViewed(topic) || boardTopics.some((filter) => filterMatches(filter, topic)),
      connected: (clientId) => this.#clients.get(clientId),
      clients: () => this.#clients.size,
    });
    this.#router = new MessageRouter(connectionOf);
    const { sessions, wills, commit, retained } = store;
    this.#persistence = new LevelPersistence({ sessions, wills, commit, limits, connectionOf: (clientId) => this.#clients.get(clientId) });
    this.#retainedSender = new RetainedSender({ retained, sessions, persistence: this.#persistence, limits });
    this.#aedes = new Aedes(
      aedesOptions({
        gate: this.#gate,
        store,
        router: this.#router,
        persistence: this.#persistence,
        counters,
        limits,
        admitted: (connection) => this.#admitted(connection),
        received: (packet, connection) => this.#received(packet, connection.rights?.principal ?? ""),
      }),
    );
  }

  /**
   * Opens the store, then the listeners.
   * @throws {BrokerExposed} {BrokerCertificate} {AccountsRefused} {PortTaken} {ListenRefused} {StoreLocked} {StoreUnwritable}
   */
  static async open(parts: AedesBrokerParts): Promise<AedesBroker> {
    const settings = brokerSettings(parts.config);
    const { clock, log, random = Math.random } = parts;
    for (const listener of settings.listeners) checkExposure(listener, settings.accounts !== undefined);
    const { accounts: file, limits } = settings;
    const accounts = file === undefined ? undefined : await Accounts.open({ file, clock, log, random, logins: limits.logins });
    const counters = new BrokerCounters();
    const store = await BrokerStore.open({
      directory: parts.directory,
      settings,
      views: parts.retainedViews ?? [],
      counters,
      clock,
      log,
      ...(parts.storeRefusal !== undefined && { refusal: parts.storeRefusal }),
    });
    const broker = new AedesBroker(parts, settings, store, counters, accounts);
    try {
      await broker.#start();
      return broker;
    } catch (error) {
      await broker.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    this.#aedes.addListener("error", (error: unknown) => this.#log.error({ err: error }, "the broker met an error it did not expect"));
    this.#aedes.on("subscribe", (subscriptions, client) => {
      const connection = connectionOf(client);
      if (connection !== undefined)
        void this.#retainedSender.send(
          connection,
          subscriptions.map(({ topic }) => topic),
        );
    });
    this.#aedes.on("unsubscribe", (filters, client) => {
      for (const filter of filters) connectionOf(client)?.granted.delete(filter);
    });
    this.#aedes.on("clientReady", (client) => {
      const connection = connectionOf(client);
      if (connection === undefined || connection.destroyed) return;
      this.#persistence.caughtUp(connection);
      if (connection.will === undefined) return;
      this.#store.wills.put(client.id, { ...connection.will, principal: connection.rights?.principal ?? "" });
    });
    await this.#aedes.listen();
    this.#router.serving = true;
    reviewRights({ gate: this.#gate, store: this.#store, connections: this.#connections });
    for (const will of this.#store.leftWills) {
      if (!this.#gate.mayStillPublish(will.principal, will.topic)) continue;
      this.#put(will);
      if (will.retain) this.#store.retained.store(will);
    }
    this.#sweep();
    const parts = { limits: this.#settings.limits, halfOpen: this.#halfOpen, clock: this.#clock, log: this.#log };
    const dropped = (): void => {
      this.#counters.refused.full++;
    };
    const accept = (wire: Wire, loopback: boolean): WireEvents => this.#accept(wire, loopback);
    for (const settings of this.#settings.listeners) this.#listeners.push(await openListener({ ...parts, settings, accept, dropped }));
    this.#log.info(
      { addresses: this.addresses, sessions: this.#store.sessions.size, retained: this.#store.retained.size },
      "the broker listens",
    );
  }

  /** How the store was found at start. */
  get recovery(): Recovery {
    return this.#store.recovery;
  }

  /** False while the disk refuses what must be stored; messages that need it are not acknowledged then. */
  get writable(): boolean {
    return this.#store.writable;
  }

  get addresses(): readonly string[] {
    return this.#listeners.map(({ address }) => address);
  }

  listened(topic: string): boolean {
    return this.#router.listened(topic);
  }

  mayPublish(principal: string, topic: string): boolean {
    return this.#gate.mayStillPublish(principal, topic);
  }

  handle(filter: string, handler: (message: BrokerMessage) => void): void {
    if (!isTopicFilter(filter)) throw new BadPublish(filter, "an MQTT topic filter");
    // A value of its own for each call: the same function may handle several filters.
    this.#handlers.add(filter, (message) => handler(message));
  }

  publish(topic: string, payload: Uint8Array | string, { qos, retain }: PublishOptions): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(new BrokerClosed());
    const found = qos === 0 ? [] : this.#store.sessions.match(topic);
    const stored = retain && !this.#store.retained.isViewed(topic);
    if (!stored && found.length === 0 && !this.#router.listened(topic)) return this.#settled;
    if (!isTopicName(topic) || Buffer.byteLength(topic) > longestTopic)
      return Promise.reject(new BadPublish(topic, "a topic without wildcards"));
    const bytes = typeof payload === "string" ? Buffer.from(payload) : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    if (found.length === 0 && !stored) {
      this.#router.route(topic, bytes, qos);
      return this.#settled;
    }
    const message = { topic, payload: Buffer.from(bytes), qos, retain: false, principal: board };
    this.#persistence.enqueue(found, message);
    if (stored) this.#store.retained.store({ ...message, retain: true });
    this.#router.route(topic, bytes, qos);
    return this.#store.commit.commit();
  }

  /**
   * Reads the accounts file again. Clients whose account is gone or has another password are disconnected; subscriptions, queued messages and
   * retained messages that the new rules do not allow are taken away. When the file is refused nothing changes.
   * @throws {AccountsRefused}
   */
  reload(): Promise<void> {
    // One after the other: what was read first must not come into force last.
    const next = this.#reloading.then(() => this.#reload());
    this.#reloading = next.catch(() => undefined);
    return next;
  }

  metrics(): readonly Metric[] {
    const { sessions, retained, commit, recovery } = this.#store;
    let backlog = 0;
    for (const connection of this.#connections.keys()) backlog += connection.backlog();
    return brokerMetrics(this.#counters, {
      clients: this.#clients.size,
      halfOpen: this.#halfOpen.size,
      subscriptions: this.#router.size,
      sessions: sessions.size,
      offlineMessages: sessions.messages,
      offlineBytes: sessions.bytes,
      retainedMessages: retained.size,
      retainedBytes: retained.bytes,
      backlog,
      storeRebuilt: recovery === "clean" ? 0 : recovery === "repaired" ? 1 : 2,
      storeCommits: commit.commits,
      storeBytes: commit.bytes,
      storeFailures: commit.failures,
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#disarmSweep();
    const stopped = this.#listeners.map((listener) => listener.close());
    const connections = [...this.#connections.keys()];
    for (const connection of connections) connection.mute();
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    for (const connection of connections) connection.abort();
    this.#halfOpen.close();
    await Promise.all(stopped);
    // Wills of the clients that were cut off are stored in the turn after.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.#store.close();
  }

  /**
   * Sends a message through the broker as a client would, and resolves when it came back: accepted, parsed, routed and delivered.
   * @throws {BrokerClosed} · {Stopped} it did not come before `stop` fired
   */
  async probe(stop: StopSignal): Promise<void> {
    if (this.#closing !== undefined) throw new BrokerClosed();
    await probeBroker((wire) => this.#accept(wire, true, true), `probe-${randomBytes(16).toString("hex")}`, stop);
  }

  #accept(wire: Wire, loopback: boolean, own = false): WireEvents {
    const { limits } = this.#settings;
    const connection = new MqttConnection({
      wire,
      loopback,
      own,
      limits,
      counters: this.#counters,
      turn: this.#turn,
      onConnect: () => this.#halfOpen.done(wire.remote),
    });
    connection.once("close", () => this.#left(connection));
    if (this.#closing === undefined && isConnection(connection)) this.#connections.set(connection, this.#aedes.handle(connection));
    else wire.abort();
    return connection;
  }

  async #reload(): Promise<void> {
    const gone = await this.#accounts?.reload();
    for (const connection of this.#connections.keys())
      if (gone?.has(connection.rights?.principal ?? "") === true) connection.cut("revoked");
    reviewRights({ gate: this.#gate, store: this.#store, connections: this.#connections });
    this.#log.info({ accounts: this.#settings.accounts }, "the accounts file was read again");
  }

  #admitted(connection: MqttConnection): void {
    if (connection.own) return;
    this.#counters.connects++;
    this.#clients.set(connection.clientId, connection);
    // A stored session's backlog goes first.
    connection.catchingUp = !connection.clean;
  }

  #left(connection: MqttConnection): void {
    this.#connections.delete(connection);
    if (this.#clients.get(connection.clientId) === connection) this.#clients.delete(connection.clientId);
    const session = this.#store.sessions.get(connection.clientId);
    if (session === undefined) return;
    if (session.connection === connection) this.#store.sessions.leave(session);
    if (session.empty && !this.#clients.has(connection.clientId)) this.#store.sessions.drop(session);
  }

  #received(packet: PublishPacket, principal: string): void {
    const { topic, qos, retain, payload } = packet;
    for (const handler of this.#handlers.match(topic)) {
      try {
        handler({ topic, qos, retain, principal, payload: typeof payload === "string" ? Buffer.from(payload) : payload });
      } catch (error) {
        this.#counters.handlerErrors++;
        this.#log.error({ err: error, topic }, "a handler of the board failed on a message");
      }
    }
  }

  /** Delivers a message that no connection brings. */
  #put(message: StoredMessage): void {
    const { topic, payload, qos } = message;
    this.#persistence.enqueue(qos === 0 ? [] : this.#store.sessions.match(topic), { ...message, retain: false });
    this.#router.route(topic, payload, qos);
    // The board's rooms begin to listen when the broker is open.
    setImmediate(() => this.#received({ cmd: "publish", topic, payload, qos, retain: message.retain, dup: false }, message.principal));
  }

  #sweep(): void {
    for (const session of this.#store.sessions.expired()) {
      this.#counters.sessionsExpired++;
      this.#log.warn({ client: session.clientId, messages: session.queue.size }, "a stored session expired: its client did not come back");
      this.#store.sessions.drop(session);
    }
    this.#disarmSweep = this.#clock.after(sweepInterval, () => this.#sweep());
  }
}
