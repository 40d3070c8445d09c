import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IClientOptions, MqttClient } from "mqtt";
import { backoffDelay } from "../../../shared/base/backoff.ts";
import { type Clock, sleep } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import { millis } from "../../../shared/base/units.ts";
import { parseTopic, topicFilter, topicRoot } from "../../../shared/broker/topic.ts";
import type { BoardTransport, TransportListener } from "./board-transport.ts";
import { FairQueue } from "./fair-queue.ts";
import { transportMetrics } from "./transport-metrics.ts";

export interface MqttBoardTransportParts {
  /** The broker of the gateway's own board, as in `mqtt://127.0.0.1:1883`, asked for with every connection; `undefined` while it does not listen. */
  readonly url: () => string | undefined;
  readonly username?: string;
  /** Read again for every connection. */
  readonly passwordFile?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A number in [0, 1). */
  readonly random: () => number;
}

const range = { initial: millis(1000), max: millis(60_000) };
const connectTime = 10_000;
/** How often it is looked whether the broker listens by now. */
const notYet = millis(100);
/** Bytes to boards that may be on their way without an answer of the broker. */
const mostUnsent = 33_554_432;
const linkUp = topicFilter({ kind: "link", thing: "+", direction: "up" });
const dataTopics = `${topicRoot}/+/data/#`;

/** One MQTT client for all boards, to the broker that they all use. Dials for ever. */
export class MqttBoardTransport implements BoardTransport {
  readonly #parts: MqttBoardTransportParts;
  readonly #stop = new AbortController();
  readonly #inbound: FairQueue;
  #listener: TransportListener | undefined;
  #client: MqttClient | undefined;
  #running: Promise<void> = Promise.resolve();
  #unanswered = 0;
  readonly #counts = { connections: 0, failures: 0, sent: 0, received: 0, unsent: 0 };

  constructor(parts: MqttBoardTransportParts) {
    this.#parts = parts;
    this.#inbound = new FairQueue({
      deliver: (board, payload) => this.#listener?.message(board, payload),
      soon: (work) => void setImmediate(work),
      mostMessages: 1024,
      mostBytes: 16_777_216,
      mostBoards: 20_000,
      turn: 64,
    });
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.#running = this.#run();
  }

  send(board: string, payload: Uint8Array): void {
    const client = this.#client;
    if (client === undefined) return;
    if (this.#unanswered + payload.length > mostUnsent) {
      this.#counts.unsent++;
      return;
    }
    this.#unanswered += payload.length;
    this.#counts.sent++;
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    client.publish(`${topicRoot}/${board}/link/down`, bytes, { qos: 1 }, () => {
      if (this.#client === client) this.#unanswered -= payload.length;
    });
  }

  metrics(): readonly Metric[] {
    return transportMetrics({ ...this.#counts, connected: this.connected, dropped: this.#inbound.dropped, waiting: this.#inbound.size });
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.#inbound.close();
    this.#client?.end(true);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, random } = this.#parts;
    const { signal } = this.#stop;
    let reason = "";
    for (let failures = 0; !signal.aborted; ) {
      if (this.#parts.url() === undefined) {
        await sleep(clock, notYet, signal).catch(() => undefined);
        continue;
      }
      const begun = clock.monotonic();
      const error = await this.#connectOnce();
      if (signal.aborted) return;
      failures = clock.monotonic() - begun > range.max ? 1 : failures + 1;
      const wait = backoffDelay(range, failures, random);
      // A broker that was ended is nothing to complain of.
      if (error.message !== reason && this.#parts.url() !== undefined)
        log.warn({ err: error, wait }, "no connection to the broker of the boards; it is tried again for ever");
      reason = error.message;
      await sleep(clock, wait, signal).catch(() => undefined);
    }
  }

  /** Opens one connection and stays with it to its end. @returns what ended it */
  async #connectOnce(): Promise<Error> {
    const { log } = this.#parts;
    const url = this.#parts.url();
    if (url === undefined) return new Error("the broker does not listen yet");
    try {
      const { client, ended } = await this.#open(url);
      this.#counts.connections++;
      this.#unanswered = 0;
      this.#client = client;
      log.info({ url }, "connected to the broker of the boards");
      this.#listener?.up();
      const error = await ended;
      this.#client = undefined;
      if (!this.#stop.signal.aborted) this.#listener?.down(error.message);
      return error;
    } catch (error) {
      this.#counts.failures++;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #open(url: string): Promise<{ readonly client: MqttClient; readonly ended: Promise<Error> }> {
    const { username, passwordFile } = this.#parts;
    const password = passwordFile === undefined ? undefined : (await readFile(passwordFile, "utf8")).trim();
    const options: IClientOptions = {
      protocolVersion: 4,
      clientId: `penstock-gateway-${randomBytes(6).toString("hex")}`,
      clean: true,
      keepalive: 20,
      connectTimeout: connectTime,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    };
    const { connect } = await import("mqtt");
    const { writeToStream } = await import("mqtt-packet");
    // The encoder would keep a buffer for each of 65,536 numbers, 10 MB, to spare a two-byte write.
    writeToStream.cacheNumbers = false;
    if (this.#stop.signal.aborted) throw new Error("stopped");
    const client = connect(url, options);
    let why = new Error(`the broker at ${url} closed the connection`);
    client.on("error", (error) => {
      why = error;
    });
    client.on("message", (topic, payload) => this.#received(topic, payload));
    const ended = new Promise<Error>((resolve) => {
      client.once("close", () => {
        client.end(true);
        resolve(why);
      });
    });
    const stopped = (): void => void client.end(true);
    this.#stop.signal.addEventListener("abort", stopped, { once: true });
    void ended.then(() => this.#stop.signal.removeEventListener("abort", stopped));
    const subscribed = new Promise<undefined>((resolve, reject) => {
      client.once("connect", () => {
        client.subscribe({ [linkUp]: { qos: 1 }, [dataTopics]: { qos: 0 } }, (error, granted) => {
          const denied = granted?.find(({ qos }) => qos > 2);
          if (error !== null && error !== undefined) reject(error);
          else if (denied !== undefined) reject(new Error(`the broker at ${url} does not let the gateway subscribe to ${denied.topic}`));
          else resolve(undefined);
        });
      });
    });
    const early = await Promise.race([subscribed, ended]).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    if (early === undefined) return { client, ended };
    client.end(true);
    throw early;
  }

  #received(topic: string, payload: Buffer): void {
    const address = parseTopic(topic);
    if (address?.kind === "data") this.#listener?.data(address.thing, address.feature, payload);
    else if (address?.kind === "link") {
      this.#counts.received++;
      this.#inbound.put(address.thing, payload);
    }
  }
}
