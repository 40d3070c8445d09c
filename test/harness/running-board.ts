import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isJsonObject } from "../../shared/base/json.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";

export interface RunningBoardOptions {
  readonly config: PenstockConfig;
  /** Data directory to start on; a new one by default. */
  readonly data?: string;
  /** What to run: the source by default, or a bundle. */
  readonly script?: string;
  readonly nodeArguments?: readonly string[];
  /** Further flags of the board. */
  readonly flags?: readonly string[];
  /** Ports of broker and health; any free ones by default. */
  readonly mqttPort?: number;
  readonly healthPort?: number;
}

/** What the board tells its parent when it serves. */
interface Ready {
  readonly kind: "ready";
  readonly addresses: readonly string[];
  readonly health: string;
}

const source = fileURLToPath(new URL("../../firmware/launch.ts", import.meta.url));

/** A board in a process of its own, on free ports of 127.0.0.1. */
export class RunningBoard {
  readonly #child: ChildProcess;
  readonly data: string;
  readonly mqtt: string;
  /** Everything its broker listens on. */
  readonly addresses: readonly string[];
  readonly health: string;
  /** Lines of its log so far. */
  readonly log: string[];

  private constructor(child: ChildProcess, data: string, ready: Ready, log: string[]) {
    this.#child = child;
    this.data = data;
    this.mqtt = ready.addresses[0] ?? "";
    this.addresses = ready.addresses;
    this.health = ready.health;
    this.log = log;
  }

  /** Starts a board and waits until it serves. */
  static async start(options: RunningBoardOptions): Promise<RunningBoard> {
    const data = options.data ?? (await mkdtemp(path.join(tmpdir(), "penstock-board-")));
    const file = path.join(data, "penstock.json");
    await writeFile(file, JSON.stringify(options.config));
    const ports = ["--mqtt-port", `${options.mqttPort ?? 0}`, "--health-port", `${options.healthPort ?? 0}`];
    const child = fork(options.script ?? source, ["--data", data, "--config", file, ...ports, ...(options.flags ?? [])], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: [...(options.nodeArguments ?? [])],
    });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => log.length < 10_000 && log.push(chunk.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      child.on("message", (message) => isReady(message) && resolve(message));
      child.once("exit", (code) => reject(new Error(`the board ended with ${code}: ${log.join("")}`)));
    });
    return new RunningBoard(child, data, ready, log);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What `/health` says: the state of the whole and of each check by name. */
  async checkHealth(): Promise<{ readonly state: string; readonly checks: ReadonlyMap<string, string> }> {
    const body: unknown = await (await fetch(`${this.health}/health`)).json();
    const checks = new Map<string, string>();
    if (!isJsonObject(body)) throw new Error("/health answers no object");
    for (const check of Array.isArray(body["checks"]) ? body["checks"] : [])
      if (isJsonObject(check)) checks.set(String(check["name"]), String(check["state"]));
    return { state: String(body["state"]), checks };
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  /** Ends it as an operator would. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    return this.#child.exitCode;
  }

  /** Removes what it left on disk. */
  async clean(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}

function isReady(message: unknown): message is Ready {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === "ready";
}
