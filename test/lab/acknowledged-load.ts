import type { MqttClient } from "mqtt";
import { isJsonObject, type JsonValue } from "../../shared/base/json.ts";
import type { VirtualBoard } from "../harness/virtual-board.ts";

const answers = "lab/answers";
const queue = "lab/queue";
/** So long a restarted board may take to show what it kept. */
const patience = 30_000;
/** Messages under way at once. */
const width = 4;

/** Makes a board promise things until its power is cut, and looks afterwards whether it kept them: a desired value, and messages for a subscriber that is away. */
export class AcknowledgedLoad {
  readonly #thing: string;
  readonly #feature: string;
  /** Last value whose `set` was answered with done. */
  #promised = 0;
  /** Last value that was asked for: it may have been kept without an answer. */
  #asked = 0;
  /** Numbers of the messages that were acknowledged and not yet fetched. */
  readonly #queued = new Set<number>();
  #next = 0;
  #client: MqttClient | undefined;
  /** Promises since the load began: answered sets and acknowledged messages. */
  #promises = 0;
  #heard = (): void => {};

  constructor({ thing, feature }: { readonly thing: string; readonly feature: string }) {
    this.#thing = thing;
    this.#feature = feature;
  }

  /** Takes the place of the subscriber that is away, once, before the first load. */
  async subscribe(board: VirtualBoard): Promise<void> {
    const client = await board.connect({ clientId: "away", clean: false });
    await client.subscribeAsync(queue, { qos: 1 });
    await client.endAsync();
  }

  /** Loads the board until `release`. */
  async begin(board: VirtualBoard): Promise<void> {
    const client = await board.connect();
    this.#client = client;
    this.#promises = 0;
    client.on("message", (_topic, payload) => {
      const answer: JsonValue = JSON.parse(payload.toString());
      if (isJsonObject(answer) && answer["state"] === "done") {
        this.#promised = Number(answer["correlation"]);
        this.#count();
      }
      if (!isJsonObject(answer) || answer["state"] !== "pending") this.#ask(client);
    });
    await client.subscribeAsync(answers, { qos: 1 });
    this.#ask(client);
    for (let n = 0; n < width; n += 1) this.#publish(client);
  }

  /** Waits until the board under load has made so many promises. @throws when it takes too long */
  promised(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the board made ${this.#promises} promises in ${patience} ms`)), patience);
      this.#heard = () => {
        if (this.#promises < count) return;
        clearTimeout(timer);
        resolve();
      };
      this.#heard();
    });
  }

  /** Drops the connection: the board is gone. */
  release(): void {
    this.#client?.end(true);
    this.#client = undefined;
  }

  /** What the restarted board does not have though it was promised, one sentence each. */
  async lost(board: VirtualBoard): Promise<readonly string[]> {
    const received = new Set<number>();
    let desired: number | undefined;
    let look = (): void => {};
    const client = await board.connect({ clientId: "away", clean: false }, (topic, payload) => {
      if (topic === queue) received.add(Number(payload));
      else desired = desiredValue(payload);
      look();
    });
    await client.subscribeAsync(`penstock/v1/${this.#thing}/twin/${this.#feature}/desired`, { qos: 1 });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      look = () => {
        if ((this.#promised > 0 && desired === undefined) || [...this.#queued].some((number) => !received.has(number))) return;
        clearTimeout(timer);
        resolve();
      };
      look();
    });
    await client.unsubscribeAsync(`penstock/v1/${this.#thing}/twin/${this.#feature}/desired`);
    await client.endAsync();
    const missing = [...this.#queued].filter((number) => !received.has(number)).map((number) => `message ${number} of the stored session`);
    this.#queued.clear();
    const kept = desired ?? 0;
    if (kept >= this.#promised && kept <= this.#asked) return missing;
    return [...missing, `desired is ${desired}: ${this.#promised} was promised, ${this.#asked} was the last asked for`];
  }

  #count(): void {
    this.#promises += 1;
    this.#heard();
  }

  #ask(client: MqttClient): void {
    this.#asked += 1;
    const request = { value: this.#asked, correlation: String(this.#asked), responseTopic: answers };
    client.publish(`penstock/v1/${this.#thing}/twin/${this.#feature}/set`, JSON.stringify(request), { qos: 1 });
  }

  #publish(client: MqttClient): void {
    const number = this.#next;
    this.#next += 1;
    client.publish(queue, String(number), { qos: 1 }, (error) => {
      if (error) return;
      this.#queued.add(number);
      this.#count();
      this.#publish(client);
    });
  }
}

function desiredValue(payload: string): number | undefined {
  const document: JsonValue = JSON.parse(payload);
  const value = isJsonObject(document) ? document["value"] : undefined;
  return typeof value === "number" ? value : undefined;
}
