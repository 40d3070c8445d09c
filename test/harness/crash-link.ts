import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { connectAsync, type MqttClient } from "mqtt";
import { instant } from "../../shared/base/units.ts";
import { decodeUpMessage } from "../../shared/connectors/link/link-codec.ts";
import type { LinkBatch } from "../../shared/connectors/ports.ts";
import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import { samplesStream } from "../../shared/pipeline/resolve-journal.ts";
import { freePort } from "./free-port.ts";
import { LinkReceiver } from "./link-receiver.ts";
import { MemoryLinkStore } from "./link-store-memory.ts";

const script = fileURLToPath(new URL("../bench/broker-process.ts", import.meta.url));
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** So long a restarted board may take to bring what it promised, ms. */
const usualPatience = 20_000;

const placeOf = ({ term, seq }: Cursor): string => `${term}/${seq}`;

/** Keeps what comes and notes what must never be asked of a store: a record in a place that is taken, or a batch that does not fit. */
class WatchedStore extends MemoryLinkStore {
  readonly faults: string[] = [];

  override keep(id: string, batch: LinkBatch): void {
    try {
      super.keep(id, batch);
    } catch (error) {
      this.faults.push(String(error));
      throw error;
    }
  }
}

/** The gateway of a board that is killed again and again: hears what the board calls durable, and looks afterwards whether it comes. */
export class CrashLink {
  readonly board = "crash";
  readonly url: string;
  readonly #store = new WatchedStore();
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #spy: MqttClient;
  readonly #receiver: LinkReceiver;
  /** The newest record of the samples that the board said to be on its disk. */
  #promised: Cursor | undefined;
  #commands = 0;
  #gapsTold = 0;
  #faultsTold = 0;

  private constructor(
    parts: { url: string; process: ChildProcess; directory: string; spy: MqttClient },
    store: WatchedStore,
    receiver: LinkReceiver,
  ) {
    this.url = parts.url;
    this.#process = parts.process;
    this.#directory = parts.directory;
    this.#spy = parts.spy;
    this.#store = store;
    this.#receiver = receiver;
    parts.spy.on("message", (_topic, payload) => this.#hear(payload));
  }

  /** Starts a broker of its own and a receiver on it. @param watched somebody looks at newest values */
  static async start(watched = true): Promise<CrashLink> {
    const directory = await mkdtemp(path.join(tmpdir(), "penstock-gateway-"));
    const port = await freePort();
    const broker = spawn(process.execPath, [script, directory, `${port}`], { stdio: ["ignore", "pipe", "inherit"] });
    await once(broker.stdout, "data");
    const url = `mqtt://127.0.0.1:${port}`;
    const spy = await connectAsync(url);
    await spy.subscribeAsync("penstock/v1/crash/link/up", { qos: 1 });
    const store = new WatchedStore();
    const receiver = await LinkReceiver.open({ url, store, log: quiet, boards: ["crash"], watched });
    return new CrashLink({ url, process: broker, directory, spy }, store, receiver);
  }

  /** Records that were received so far. */
  get records(): number {
    return this.#store.records;
  }

  /** Commands that were given so far. */
  get commands(): number {
    return this.#commands;
  }

  /** Gives the board a command to carry out once. */
  async command(thing: string, feature: string, value: number): Promise<void> {
    this.#commands += 1;
    const command = {
      cmdSeq: this.#commands,
      opId: `op-${this.#commands}`,
      thing,
      feature,
      value,
      who: "crash",
      expiresAt: instant(Date.now() + 600_000),
    };
    this.#store.order(this.board, command);
    this.#receiver.issue(this.board, command);
  }

  /** Waits until the restarted board has brought what it promised, and more. What is missing or wrong, one sentence each. */
  async lost(patience = usualPatience): Promise<readonly string[]> {
    const promised = this.#promised;
    const board = this.#store.board(this.board);
    const passed = (): boolean => {
      const cursor = board.cursors.get(samplesStream);
      const behind = promised !== undefined && (cursor === undefined || compareCursors(cursor, promised) <= 0);
      return !behind && [...board.commands.values()].every(({ ended }) => ended !== undefined);
    };
    const lost: string[] = [];
    for (const end = Date.now() + patience; !passed(); ) {
      if (Date.now() > end) {
        const open = [...board.commands.values()].filter(({ ended }) => ended === undefined);
        const stands = board.cursors.get(samplesStream);
        lost.push(
          `after ${patience} ms the samples stand at ${stands === undefined ? "nothing" : placeOf(stands)}, ${open.length} commands have no end`,
        );
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (promised !== undefined && !board.stream(samplesStream).has(placeOf(promised)))
      lost.push(`record ${placeOf(promised)}, which the board called durable`);
    for (const gap of board.gaps.slice(this.#gapsTold)) lost.push(`records ${placeOf(gap.from)} to ${placeOf(gap.to)} of ${gap.stream}`);
    this.#gapsTold = board.gaps.length;
    lost.push(...this.#store.faults.slice(this.#faultsTold));
    this.#faultsTold = this.#store.faults.length;
    return lost;
  }

  async close(): Promise<void> {
    await this.#receiver.close();
    await this.#spy.endAsync(true);
    this.#process.kill("SIGKILL");
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, "exit");
    await rm(this.#directory, { recursive: true, force: true });
  }

  #hear(payload: Uint8Array): void {
    const message = decodeUpMessage(payload);
    const durable =
      message.kind === "welcome"
        ? message.streams.find(({ id }) => id === samplesStream)?.durable
        : message.kind === "append" && message.stream === samplesStream
          ? message.last
          : undefined;
    if (durable !== undefined && durable.seq > 0 && (this.#promised === undefined || compareCursors(durable, this.#promised) > 0))
      this.#promised = durable;
  }
}
