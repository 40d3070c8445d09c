import type { ExecutionContext } from "ava";
import { connect, type MqttClient } from "mqtt";
import { isJsonObject, type JsonObject } from "../../shared/base/json.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";
import type { RunningBoard } from "./running-board.ts";

/** A board with one unit whose registers change with each read, with little time between commits. @param uplink URL of the gateway's broker */
export function watchedConfig(parts: { readonly port: number; readonly uplink: string; readonly points?: number }): PenstockConfig {
  const { port, uplink, points = 8 } = parts;
  return {
    id: "board",
    lines: [{ id: "line", protocol: "modbus-tcp", host: "127.0.0.1", port, inFlight: 8 }],
    schedules: { fast: { every: "50 ms" } },
    devices: [
      {
        id: "unit",
        line: "line",
        schedule: "fast",
        points: Array.from({ length: points }, (_, n) => ({
          id: `p${n}`,
          area: "holding" as const,
          address: n,
          ...(n < 2 && { write: { perMinute: 6000 } }),
        })),
      },
    ],
    twin: { commitInterval: "50 ms" },
    journal: { commitInterval: "50 ms", maxBytes: 4 << 20 },
    uplink: { url: uplink },
  };
}

/** Waits until `look` finds what is looked for. A test that waits in vain ends by its own time limit. */
export async function eventually(look: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A client of a running board that counts its samples, asks for values, and reads its metrics. */
export class BoardWatch {
  readonly client: MqttClient;
  readonly #board: RunningBoard;
  readonly #answers = new Map<string, (answer: JsonObject) => void>();
  #asked = 0;
  /** Samples that came so far. */
  samples = 0;
  /** Payloads that came on other topics, by topic. */
  readonly others = new Map<string, string>();

  private constructor(board: RunningBoard) {
    this.#board = board;
    this.client = connect(board.mqtt, { reconnectPeriod: 200 });
    this.client.on("error", () => {});
    this.client.on("message", (topic, payload) => this.#take(topic, payload.toString()));
  }

  /** Connects, and hears the samples, the answers and what the filters fit; ends with the test. */
  static async open(t: Pick<ExecutionContext, "teardown">, board: RunningBoard, ...filters: readonly string[]): Promise<BoardWatch> {
    const watch = new BoardWatch(board);
    t.teardown(() => watch.close());
    await watch.client.subscribeAsync(["penstock/v1/unit/data/#", "test/answers", ...filters], { qos: 0 });
    return watch;
  }

  close(): void {
    this.client.end(true);
  }

  /** Resolves when some more samples came: the board polls and serves. */
  async sampled(): Promise<void> {
    const before = this.samples;
    await eventually(() => this.samples > before + 16);
  }

  /** Asks for a value of a point. Resolves with what the board answers. */
  set(feature: string, value: number): Promise<JsonObject> {
    this.#asked += 1;
    const correlation = `${this.#asked}`;
    const request = JSON.stringify({ value, correlation, responseTopic: "test/answers" });
    return new Promise((resolve) => {
      this.#answers.set(correlation, resolve);
      this.client.publish(`penstock/v1/unit/twin/${feature}/set`, request, { qos: 1 });
    });
  }

  /** The checks of `/health` that are not in order, by name. */
  async ailing(): Promise<readonly string[]> {
    const { checks } = await this.#board.checkHealth();
    return [...checks].filter(([, state]) => state === "failing").map(([name]) => name);
  }

  /** The sum of a metric's values whose labels contain `labels`. */
  async metric(name: string, labels = ""): Promise<number> {
    const text = await (await fetch(`${this.#board.health}/metrics`)).text();
    const lines = text.split("\n").filter((line) => /^[^#{ ]+/.exec(line)?.[0] === name && line.includes(labels));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  #take(topic: string, text: string): void {
    if (topic.includes("/data/")) this.samples += 1;
    else if (topic === "test/answers") this.#answer(JSON.parse(text));
    else this.others.set(topic, text);
  }

  #answer(answer: unknown): void {
    if (isJsonObject(answer)) this.#answers.get(String(answer["correlation"]))?.(answer);
  }
}
