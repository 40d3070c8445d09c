import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compareCursors } from "../../shared/pipeline/cursor.ts";
import type { JournalRecord } from "../../shared/pipeline/journal-record.ts";
import { freePort } from "./free-port.ts";
import { LinkReceiver } from "./link-receiver.ts";
import { MemoryLinkStore } from "./link-store-memory.ts";

const script = fileURLToPath(new URL("../bench/broker-process.ts", import.meta.url));

/** A gateway that receives what boards send and keeps all of it: a broker of its own and the gateway's own links. */
export class FaultGateway {
  readonly url: string;
  /** What the receiver complained of. */
  readonly faults: string[] = [];
  readonly #store = new MemoryLinkStore();
  readonly #process: ChildProcess;
  readonly #directory: string;
  #receiver: LinkReceiver | undefined;

  private constructor(url: string, process: ChildProcess, directory: string) {
    this.url = url;
    this.#process = process;
    this.#directory = directory;
  }

  static async start(): Promise<FaultGateway> {
    const directory = await mkdtemp(path.join(tmpdir(), "penstock-gateway-"));
    const port = await freePort();
    const broker = spawn(process.execPath, [script, directory, `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
    await once(broker.stdout, "data");
    const gateway = new FaultGateway(`mqtt://127.0.0.1:${port}`, broker, directory);
    const complain = (fields: object, message: string): void => void gateway.faults.push(`${message} ${JSON.stringify(fields)}`);
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: complain };
    gateway.#receiver = await LinkReceiver.open({ url: gateway.url, store: gateway.#store, log });
    return gateway;
  }

  /** The samples' stream of a board as far as it has come, in order. */
  records(board: string): readonly JournalRecord[] {
    return [...this.#store.board(board).stream("samples").values()].sort(compareCursors);
  }

  /** Holes in it that no gap record explains. */
  unexplained(board: string): number {
    return this.#store.board(board).gaps.filter(({ stream }) => stream === "samples").length;
  }

  /** Boots by term, as the board named them. */
  boots(board: string): ReadonlyMap<number, string> {
    return this.#store.board(board).boots;
  }

  async close(): Promise<void> {
    await this.#receiver?.close();
    this.#process.kill("SIGKILL");
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, "exit");
    await rm(this.#directory, { recursive: true, force: true });
  }
}
