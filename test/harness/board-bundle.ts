import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type BoardTargetName, boardTargets } from "../../host/build/board-targets.ts";
import { buildPlace } from "../../host/build/build-place.ts";
import { fetchNode } from "../../host/build/fetch-node.ts";
import { majorOf, pinnedNodes } from "../../host/build/pinned-nodes.ts";
import type { PenstockConfig } from "../../shared/console/penstock-config.ts";

const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Runs `npm run build` with arguments. @returns what it said @throws when it fails */
export function runBuildScript(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, "build.mjs"), "build", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

/** Builds the bundle for a target. @returns its folder */
export function buildBundle(target: BoardTargetName): string {
  runBuildScript(target);
  return path.join(root, "dist", "board", target);
}

/** Programs that run the programs of another processor: Debian's emulators, with the libraries of its cross compilers. */
const emulators: Readonly<Record<BoardTargetName, readonly string[]>> = {
  "linux-x64": ["qemu-x86_64-static", "-L", "/usr/x86_64-linux-gnu"],
  "linux-arm64": ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"],
  "linux-armv7": ["qemu-arm-static", "-L", "/usr/arm-linux-gnueabihf"],
};

/**
 * A program in `folder` that is the pinned Node of a target on this machine, under an emulator where it is of another processor.
 * @param major major version of Node
 */
export async function nodeForTarget(target: BoardTargetName, major: number, folder: string): Promise<string> {
  const pinned = pinnedNodes(root)[target].find((node) => majorOf(node) === major);
  if (pinned === undefined) throw new Error(`no Node ${major} is pinned for ${target}`);
  const node = path.join(await fetchNode(buildPlace(root, console.error), pinned), "bin", "node");
  if (process.arch === boardTargets[target].arch) return node;
  await mkdir(folder, { recursive: true });
  const program = path.join(folder, `node-${target}`);
  await writeFile(program, `#!/bin/sh\nexec ${[...emulators[target], node].join(" ")} "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

export interface BundledBoardOptions {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** The Node to run it, as `nodeForTarget` gives; the one in the bundle by default. */
  readonly node?: string;
  readonly config: PenstockConfig;
  /** Data directory, there already. */
  readonly data: string;
}

/** A board that runs from a bundle, started by the bundle's own launcher on free ports of 127.0.0.1. */
export class BundledBoard {
  readonly #child: ChildProcess;
  readonly #log: string[];
  readonly mqtt: string;
  readonly health: string;

  private constructor(child: ChildProcess, log: string[], ready: Ready) {
    this.#child = child;
    this.#log = log;
    this.mqtt = ready.addresses[0] ?? "";
    this.health = ready.health;
  }

  /** Starts it and waits until it serves. */
  static async start({ bundle, node, config, data }: BundledBoardOptions): Promise<BundledBoard> {
    await writeFile(path.join(data, "penstock.json"), JSON.stringify(config));
    const child = spawn(path.join(bundle, "penstock-board"), ["--data", data, "--mqtt-port", "0", "--health-port", "0"], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, ...(node === undefined ? {} : { PENSTOCK_NODE: node }) },
    });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => log.length < 10_000 && log.push(chunk.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      child.on("message", (message) => isReady(message) && resolve(message));
      child.once("error", reject);
      child.once("close", (code, signal) => reject(new Error(`the board ended with ${code ?? signal}: ${log.join("")}`)));
    });
    return new BundledBoard(child, log, ready);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it logged so far. */
  get log(): string {
    return this.#log.join("");
  }

  /** Ends it as an operator would. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    return this.#child.exitCode;
  }

  /** Ends it at once, if it still runs. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}

/** What the board tells its parent when it serves. */
interface Ready {
  readonly kind: "ready";
  readonly addresses: readonly string[];
  readonly health: string;
}

function isReady(message: unknown): message is Ready {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === "ready";
}
