import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { isJsonObject, type JsonObject, type JsonValue } from "../../shared/base/json.ts";
import type { VirtualBoard } from "../harness/virtual-board.ts";

type Fits = (payload: JsonObject) => boolean;

/** `mosquitto_sub` that reads the broker of a virtual board: a client that nobody here wrote. */
export class MosquittoListener implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #last = new Map<string, JsonObject>();
  readonly #waiting = new Set<() => void>();
  #complaint = "";
  /** Messages so far. */
  count = 0;

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#process = child;
    createInterface({ input: child.stdout }).on("line", (line) => this.#hear(line));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint += text;
    });
  }

  /** Subscribes to filters. */
  static start(board: VirtualBoard, ...filters: readonly string[]): MosquittoListener {
    const topics = filters.flatMap((filter) => ["-t", filter]);
    const args = [...board.mosquittoArguments, "-v", "-q", "1", ...topics];
    return new MosquittoListener(spawn("mosquitto_sub", args, { stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** The next message of a topic that fits; one that came already counts. @throws when none comes in time */
  message(topic: string, fits: Fits, within = 60_000): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const last = JSON.stringify(this.#last.get(topic));
        reject(
          new Error(`no message that fits on ${topic} in ${within} ms: ${this.count} came, the last on it ${last}; ${this.#complaint}`),
        );
      }, within);
      const look = (): void => {
        const last = this.#last.get(topic);
        if (last === undefined || !fits(last)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(last);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Forgets what came, so that only later messages count. */
  forget(): void {
    this.#last.clear();
  }

  #hear(line: string): void {
    const space = line.indexOf(" ");
    const payload: JsonValue = JSON.parse(line.slice(space + 1));
    this.count += 1;
    if (isJsonObject(payload)) this.#last.set(line.slice(0, space), payload);
    for (const look of [...this.#waiting]) look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}
