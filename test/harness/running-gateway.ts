import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isJsonObject, type JsonObject, type JsonValue } from "../../shared/base/json.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";

const main = fileURLToPath(new URL("../../host/launch.ts", import.meta.url));

export interface RunningGatewayOptions {
  /** Data directory to start on; a new one by default. */
  readonly data?: string;
  /** Configuration of the own board; without it the simulated pump station is started and polled. */
  readonly config?: PenstockConfig;
  readonly args?: readonly string[];
  readonly nodeArguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A gateway with its own board, in processes of their own, on free ports of 127.0.0.1. */
export class RunningGateway {
  readonly #child: ChildProcess;
  readonly data: string;
  /** Base address of API and console. */
  readonly url: string;
  /** First-start token; empty when there are users already. */
  readonly token: string;
  /** What it printed on both streams so far. */
  readonly output: { text: string };

  private constructor(child: ChildProcess, data: string, url: string, token: string, output: { text: string }) {
    this.#child = child;
    this.data = data;
    this.url = url;
    this.token = token;
    this.output = output;
  }

  /** Starts a gateway and waits until it says where to look. @throws {Error} with all that it printed when it ends before */
  static async start(options: RunningGatewayOptions = {}): Promise<RunningGateway> {
    const data = options.data ?? (await mkdtemp(path.join(tmpdir(), "penstock-gateway-")));
    const args = ["--data", data, "--http-port", "0", "--mqtt-port", "0", "--health-port", "0", "--simulator-port", "0"];
    if (options.config !== undefined) {
      await writeFile(path.join(data, "penstock.json"), JSON.stringify(options.config));
      args.push("--no-simulator");
    }
    const child = spawn(process.execPath, [...(options.nodeArguments ?? []), main, ...args, ...(options.args ?? [])], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    const output = { text: "" };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        if (output.text.length < 1_000_000) output.text += chunk.toString();
      });
    const url = await new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const found = /Console\s+(https?:\/\/[^\s/#]+)/.exec(output.text)?.[1];
        if (found !== undefined && output.text.includes("Ctrl-C ends it")) resolve(found);
      };
      child.stdout.on("data", look);
      child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}: ${output.text}`)));
    });
    let token = "";
    try {
      token = readFileSync(path.join(data, "admin-token"), "utf8").trim();
    } catch {
      // There are users already.
    }
    return new RunningGateway(child, data, url, token, output);
  }

  /** Process id of the supervisor. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Process id of its own board. */
  get boardPid(): number {
    return Number(readFileSync(path.join(this.data, "board.pid"), "utf8"));
  }

  /** What the own board said when it began to serve. */
  get board(): JsonObject {
    const ready: unknown = JSON.parse(readFileSync(path.join(this.data, "board-ready.json"), "utf8"));
    if (!isJsonObject(ready)) throw new Error("board-ready.json holds no object");
    return ready;
  }

  /** Asks the API with the first-start token, or another secret. */
  request(method: string, target: string, body?: JsonValue, secret = this.token): Promise<Response> {
    return fetch(`${this.url}${target}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body !== undefined && { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** The answer's object. @throws {Error} with the problem when it is none of success */
  async ask(method: string, target: string, body?: JsonValue): Promise<JsonObject> {
    const answer = await this.request(method, target, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    const value: unknown = text === "" ? {} : JSON.parse(text);
    if (!isJsonObject(value)) throw new Error(`${method} ${target} answers no object`);
    return value;
  }

  /** Kills the supervisor alone, as a fault would; its board goes on. */
  async killSupervisor(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  /** Ends it as an operator would. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    return this.#child.exitCode;
  }

  /** Ends everything at once and removes what it left on disk. */
  async clean(): Promise<void> {
    await this.killSupervisor();
    try {
      process.kill(this.boardPid, "SIGKILL");
    } catch {
      // It is gone already.
    }
    await rm(this.data, { recursive: true, force: true, maxRetries: 10 });
  }
}
