import { connect, connectAsync, type MqttClient } from "mqtt";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import type { RunningBoard } from "./running-board.ts";

const features = 8;
/** So long a restarted board may take to show what it kept. */
const patience = 10_000;

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** A point of the board that the load leaves alone. */
export const spareFeature = `p${features}`;

/** A board that is written to all the time, with little time between commits. @param port of the units it polls @param gateway URL of the gateway's broker */
export function crashConfig(port: number, gateway: { readonly board: string; readonly url: string }): PenstockConfig {
  const points = Array.from({ length: features + 1 }, (_, n) => ({
    id: `p${n}`,
    area: "holding" as const,
    address: n,
    write: { perMinute: 6000 },
  }));
  return {
    id: gateway.board,
    lines: [{ id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port, inFlight: 8 }],
    schedules: { fast: { every: "20 ms" } },
    devices: [{ id: "unit", line: "line", schedule: "fast", points }],
    twin: { commitInterval: "20 ms" },
    journal: { commitInterval: "20 ms" },
    uplink: { url: gateway.url },
  };
}

/**
 * Has a board promise things until it dies, and looks afterwards whether it kept them: desired values whose `set` was answered, and messages for
 * the stored session of a subscriber that is away.
 */
export class CrashLoad {
  /** By feature, the last value whose `set` was answered with done. */
  readonly #desired = new Map<string, number>();
  /** By feature, the last value that was asked for: it may have been kept without an answer. */
  readonly #asked = new Map<string, number>();
  /** Numbers of the queued messages that were acknowledged and not yet fetched. */
  readonly #queued = new Set<number>();
  #clients: readonly MqttClient[] = [];
  #next = 0;
  #writes = 0;
  #messages = 0;

  /** Desired values that were answered so far. */
  get writes(): number {
    return this.#writes;
  }

  /** Messages that were acknowledged so far. */
  get messages(): number {
    return this.#messages;
  }

  /** Loads the board until {@link release}. */
  async begin(board: RunningBoard): Promise<void> {
    const setter = await connectAsync(board.mqtt, { reconnectPeriod: 0 });
    const publisher = await connectAsync(board.mqtt, { reconnectPeriod: 0 });
    this.#clients = [setter, publisher];
    for (const client of this.#clients) client.on("error", () => {});
    await this.#setValues(setter);
    this.#fillQueue(publisher);
  }

  /** Drops the connections: the board is gone. */
  release(): void {
    for (const client of this.#clients) client.end(true);
    this.#clients = [];
  }

  /** What the restarted board does not have though it was promised, one sentence each. */
  async lost(board: RunningBoard): Promise<readonly string[]> {
    return [...(await this.#lostWrites(board)), ...(await this.#lostMessages(board))];
  }

  /** Asks for new desired values of every feature, one after the other. */
  async #setValues(client: MqttClient): Promise<void> {
    const ask = (feature: string): void => {
      const value = ((this.#asked.get(feature) ?? 0) + 1) % 60_000;
      this.#asked.set(feature, value);
      client.publish(
        `penstock/v1/unit/twin/${feature}/set`,
        JSON.stringify({ value, correlation: `${feature} ${value}`, responseTopic: "crash/answers" }),
        { qos: 1 },
      );
    };
    client.on("message", (topic, payload) => {
      if (topic !== "crash/answers") return;
      const reply = JSON.parse(payload.toString());
      const [feature, value] = reply.correlation.split(" ");
      if (reply.state === "done") {
        this.#desired.set(feature, Number(value));
        this.#writes += 1;
      }
      ask(feature);
    });
    await client.subscribeAsync("crash/answers", { qos: 1 });
    for (let n = 0; n < features; n += 1) ask(`p${n}`);
  }

  /** Publishes numbered messages for a subscriber that is away, several at once. */
  #fillQueue(client: MqttClient): void {
    const publish = (): void => {
      const number = this.#next;
      this.#next += 1;
      client.publish("crash/queue", String(number), { qos: 1 }, (error) => {
        if (error) return;
        this.#queued.add(number);
        this.#messages += 1;
        publish();
      });
    };
    for (let n = 0; n < 4; n += 1) publish();
  }

  /** Comes back as the subscriber that was away and takes what was kept for it. */
  async #lostMessages(board: RunningBoard): Promise<readonly string[]> {
    const received = new Set<number>();
    let arrived = (): void => {};
    // What was kept comes right behind CONNACK: the listener has to be there before the connection.
    const client = connect(board.mqtt, { clientId: "absent", clean: false, reconnectPeriod: 0 });
    const connected = new Promise<void>((resolve) => client.once("connect", () => resolve()));
    const complete = new Promise<void>((resolve) => {
      arrived = () => [...this.#queued].every((number) => received.has(number)) && resolve();
    });
    client.on("message", (_topic, payload) => {
      received.add(Number(payload.toString()));
      arrived();
    });
    await connected;
    await client.subscribeAsync("crash/queue", { qos: 1 });
    arrived();
    await Promise.race([complete, wait(patience)]);
    const missing = [...this.#queued].filter((number) => !received.has(number));
    this.#queued.clear();
    // What is acknowledged to the board is gone from the queue only when it has been told.
    await client.endAsync();
    return missing.map((number) => `message ${number} of the stored session`);
  }

  async #lostWrites(board: RunningBoard): Promise<readonly string[]> {
    const client = connect(board.mqtt, { reconnectPeriod: 0 });
    const kept = new Map<string, number>();
    const received = new Promise<void>((resolve) => {
      client.on("message", (topic, payload) => {
        kept.set(topic.split("/")[4] ?? "", JSON.parse(payload.toString()).value);
        if ([...this.#desired.keys()].every((feature) => kept.has(feature))) resolve();
      });
    });
    await client.subscribeAsync("penstock/v1/unit/twin/+/desired", { qos: 1 });
    if (this.#desired.size > 0) await Promise.race([received, wait(patience)]);
    await client.endAsync();
    return [...this.#desired].flatMap(([feature, value]) => {
      const found = kept.get(feature) ?? -1;
      const asked = this.#asked.get(feature) ?? 0;
      return found >= value && found <= asked
        ? []
        : [`desired of ${feature} is ${found}: ${value} was promised, ${asked} was the last asked for`];
    });
  }
}
