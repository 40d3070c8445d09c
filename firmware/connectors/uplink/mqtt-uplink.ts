import { randomBytes } from "node:crypto";
import type { IClientOptions } from "mqtt";
import { backoffDelay } from "../../../shared/base/backoff.ts";
import { type Clock, sleep } from "../../../shared/base/clock.ts";
import type { EdgeError } from "../../../shared/base/edge-error.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import { type Instant, millis } from "../../../shared/base/units.ts";
import { buildTopic } from "../../../shared/broker/topic.ts";
import type { BoardDescription } from "../../../shared/connectors/link/board-description.ts";
import { BoardEnd } from "../../../shared/connectors/link/board-end.ts";
import { encodeLinkMessage } from "../../../shared/connectors/link/link-codec.ts";
import type { LiveValue } from "../../../shared/connectors/link/link-message.ts";
import type { CommandExecutor, LinkMemoryStore, LinkSigner, UplinkState } from "../../../shared/connectors/ports.ts";
import type { ResolvedUplink } from "../../../shared/connectors/resolve-uplink.ts";
import type { Journal } from "../../../shared/pipeline/ports.ts";
import { CatchUpMeter } from "./catch-up-meter.ts";
import { UplinkConnection } from "./uplink-connection.ts";
import { readCredentials } from "./uplink-credentials.ts";
import { isVersionRefusal, uplinkError } from "./uplink-errors.ts";
import { uplinkMetrics } from "./uplink-metrics.ts";

export interface MqttUplinkParts {
  readonly config: ResolvedUplink;
  /** Thing id of the board. */
  readonly board: string;
  /** Version of the board's software. */
  readonly version: string;
  readonly journal: Journal;
  readonly memory: LinkMemoryStore;
  readonly executor: CommandExecutor;
  /** The board's key; absent: it cannot prove who it is. */
  readonly signer?: LinkSigner;
  /** What the board has now; absent: it does not say. */
  readonly description?: () => BoardDescription;
  readonly clock: Clock;
  readonly log: Log;
  /** A number in [0, 1). */
  readonly random: () => number;
}

const range = { initial: millis(1000), max: millis(60_000) };
const connectTime = 10_000;
const closeTime = 500;

/** The link to the gateway over MQTT: dials for ever, MQTT 5 where the broker has it and 3.1.1 otherwise, and tells how it stands. */
export class MqttUplink implements AsyncDisposable {
  /** Connections that were opened, and dials that failed. */
  connections = 0;
  failures = 0;
  readonly #parts: MqttUplinkParts;
  readonly #end: BoardEnd;
  readonly #stop: AbortController;
  readonly #meter: CatchUpMeter;
  readonly #running: Promise<void>;
  #connection: UplinkConnection | undefined;
  #slow = 0;
  #version: 4 | 5 = 5;
  #offline: { readonly since: Instant; readonly reason: string };

  private constructor(parts: MqttUplinkParts, end: BoardEnd, stop: AbortController) {
    this.#parts = parts;
    this.#end = end;
    this.#stop = stop;
    this.#meter = new CatchUpMeter(parts.clock);
    this.#offline = { since: parts.clock.wall(), reason: "connecting for the first time" };
    this.#running = this.#run();
  }

  /** Reads what is kept of the link and begins to dial; does not wait for a connection. */
  static async open(parts: MqttUplinkParts): Promise<MqttUplink> {
    const { config, random: _random, ...ours } = parts;
    const stop = new AbortController();
    const newId = (): string => randomBytes(16).toString("hex");
    const end = await BoardEnd.open({ ...ours, settings: config.link, newId }, stop.signal);
    return new MqttUplink(parts, end, stop);
  }

  /** A new value of a point, appended to the journal just now: goes ahead of its record. Never waits. */
  offer(value: LiveValue): void {
    this.#end.offer(value);
  }

  /** What the board has is another than before. */
  described(): void {
    this.#end.described();
  }

  /** How it stands with the gateway. */
  get state(): UplinkState {
    const { link } = this.#end;
    if (!link.open) {
      const reason = this.#connection === undefined ? this.#offline.reason : "the broker is connected, but no gateway answers there";
      return { name: "offline", since: this.#offline.since, reason };
    }
    if (!link.senders.behind) return { name: "connected" };
    const remaining = this.#waiting();
    const rate = this.#meter.rate(link.senders.acknowledged);
    return { name: "recovering", remaining, etaMs: rate > 0 ? Math.round((remaining * 1000) / rate) : undefined };
  }

  metrics(): readonly Metric[] {
    const { link, desk, invalid } = this.#end;
    const { clock } = this.#parts;
    return uplinkMetrics({
      link,
      desk,
      invalid,
      connected: this.#connection !== undefined,
      connections: this.connections,
      failures: this.failures,
      slow: this.#slow + (this.#connection?.refused ?? 0),
      pendingBytes: this.#connection?.bytes ?? 0,
      waiting: this.#waiting(),
      rate: this.#meter.rate(link.senders.acknowledged),
      lag: millis(Math.max(0, clock.wall() - (link.senders.oldest ?? clock.wall()))),
    });
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { board, journal } = this.#parts;
    const connection = this.#connection;
    this.#stop.abort();
    await connection?.close(encodeLinkMessage({ kind: "announce", board, bootId: journal.bootId, online: false }), closeTime);
    await this.#running;
    await this.#end.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { clock, log, random, config } = this.#parts;
    const { signal } = this.#stop;
    let reason = "";
    for (let failures = 0; !signal.aborted; ) {
      const error = await this.#connectOnce();
      if (signal.aborted) return;
      if (error === "again") continue;
      // A connection over which a gateway said hello proves the way: the next failure is the first one.
      failures = error.wasUseful ? 1 : failures + 1;
      const wait = backoffDelay(range, failures, random);
      const { message } = error.error;
      if (message !== reason)
        log.warn({ url: config.url, err: error.error, wait }, "no connection to the gateway; it is tried again for ever");
      reason = message;
      if (this.#offline.reason !== message) this.#offline = { since: this.#offline.since, reason: message };
      await sleep(clock, wait, signal).catch(() => undefined);
    }
  }

  /** Opens one connection and stays with it to its end. @returns what ended it, or `again` when the other version of MQTT is to be tried at once */
  async #connectOnce(): Promise<{ readonly error: EdgeError; readonly wasUseful: boolean } | "again"> {
    const { config, clock, log } = this.#parts;
    const sessions = this.#end.link.sessions;
    try {
      const connection = await this.#open();
      this.connections++;
      this.#connection = connection;
      log.info({ url: config.url, mqtt: this.#version }, "connected to the gateway's broker");
      this.#end.connected(connection);
      const error = await connection.ended;
      this.#slow += connection.refused;
      return { error: uplinkError(config.url, error), wasUseful: this.#end.link.sessions > sessions };
    } catch (error) {
      if (isVersionRefusal(error) && this.#version === 5) {
        this.#version = 4;
        return "again";
      }
      this.failures++;
      return { error: uplinkError(config.url, error), wasUseful: false };
    } finally {
      if (this.#connection !== undefined) this.#offline = { since: clock.wall(), reason: "the connection was lost" };
      this.#connection = undefined;
      this.#end.disconnected();
    }
  }

  async #open(): Promise<UplinkConnection> {
    const { board, config, journal } = this.#parts;
    const credentials = await readCredentials(config);
    const up = buildTopic({ kind: "link", thing: board, direction: "up" });
    const gone = encodeLinkMessage({ kind: "announce", board, bootId: journal.bootId, online: false });
    const options: IClientOptions = {
      ...credentials,
      protocolVersion: this.#version,
      clientId: `penstock-${board}`,
      clean: true,
      keepalive: Math.max(1, Math.round(config.keepAlive / 1000)),
      connectTimeout: connectTime,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: up, payload: Buffer.from(gone), qos: 1, retain: false },
    };
    const down = buildTopic({ kind: "link", thing: board, direction: "down" });
    const mostBytes = 2 * config.link.windowBytes + 1_048_576;
    return UplinkConnection.open(
      { url: config.url, options, up, down, mostBytes, onMessage: (payload) => this.#end.receive(payload) },
      this.#stop.signal,
    );
  }

  #waiting(): number {
    const { journal } = this.#parts;
    return journal.streams.reduce((sum, stream) => sum + journal.info(stream).waiting, 0);
  }
}
