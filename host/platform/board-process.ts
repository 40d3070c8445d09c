import { type ChildProcess, spawn } from "node:child_process";
import { type BackoffRange, backoffDelay } from "../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import { BoardStartFailed, endText, type ProcessEnd } from "./board-errors.ts";
import type { BoardPid } from "./board-pid.ts";
import { type BoardReady, readBoardReady } from "./board-ready.ts";

const defaultBackoff: BackoffRange = { initial: millis(1000), max: millis(60_000) };
/** From SIGTERM to SIGKILL: the whole gateway has 2 s to end. */
const defaultGrace = millis(1500);

export interface BoardProcessParts {
  /** The board's main module, an absolute path. */
  readonly script: string;
  readonly args: readonly string[];
  /** Flags of Node for the board's process. */
  readonly flags?: readonly string[];
  /** File descriptor that takes the board's standard output and error. */
  readonly output: number;
  /** Where that goes, for messages. */
  readonly logFile: string;
  readonly pid: BoardPid;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Kills the board at once when it fires. */
  readonly kill: StopSignal;
  readonly backoff?: BackoffRange;
  readonly grace?: Millis;
}

/**
 * Runs a board as a process of its own and starts it again, 1 to 60 s later, whenever it ends. The board leads its own session: a terminal's Ctrl-C and
 * the end of this process do not reach it, only `close` does.
 */
export class BoardProcess implements AsyncDisposable, MetricSource {
  readonly #parts: BoardProcessParts;
  #child: ChildProcess | undefined;
  #ended: Promise<ProcessEnd> = Promise.resolve({ exitCode: 0, signal: null });
  #ready: BoardReady | undefined;
  #readyAt: Millis = millis(0);
  /** Ends in a row with little time between them. */
  #attempt = 0;
  #restarts = 0;
  #disarm: Disarm = () => undefined;
  #closed: Promise<void> | undefined;

  /**
   * Starts the board and waits until it serves.
   * @throws {BoardRunning} {BoardStartFailed} {Stopped}
   */
  static async open(parts: BoardProcessParts, stop: StopSignal): Promise<BoardProcess> {
    await parts.pid.check(parts.script);
    const board = new BoardProcess(parts);
    await board.#start(stop);
    return board;
  }

  private constructor(parts: BoardProcessParts) {
    this.#parts = parts;
    parts.kill.addEventListener("abort", () => this.#child?.kill("SIGKILL"));
  }

  /** What the board said when it last became ready. */
  get ready(): BoardReady | undefined {
    return this.#ready;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_board_restarts_total",
        help: "Times the supervisor started the board again after it had ended.",
        type: "counter",
        values: [{ labels: {}, value: this.#restarts }],
      },
    ];
  }

  async #start(stop: StopSignal): Promise<void> {
    const onStop = (): void => void this.close();
    stop.addEventListener("abort", onStop);
    if (!stop.aborted) await this.#launch();
    stop.removeEventListener("abort", onStop);
    if (this.#ready !== undefined && this.#closed === undefined) return;
    await this.close();
    if (stop.aborted) throw new Stopped();
    throw new BoardStartFailed(await this.#ended, this.#parts.logFile);
  }

  /** Resolves when the board serves or has ended. */
  async #launch(): Promise<void> {
    const { script, args, flags = [], output } = this.#parts;
    const child = spawn(process.execPath, [...flags, script, ...args], { detached: true, stdio: ["ignore", output, output, "ipc"] });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      // An error of a process that runs (a signal or a message that does not reach it) is not its end.
      child.on("error", () => child.pid === undefined && resolve({ exitCode: null, signal: null }));
      child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    });
    const ready = new Promise<void>((resolve) => {
      child.on("message", (message) => {
        this.#ready = readBoardReady(message) ?? this.#ready;
        if (readBoardReady(message) !== undefined) resolve();
      });
    });
    if (child.pid !== undefined) await this.#parts.pid.write(child.pid);
    await Promise.race([ready, this.#ended]);
    this.#readyAt = this.#parts.clock.monotonic();
    void this.#ended.then((end) => this.#afterEnd(end));
  }

  #afterEnd(end: ProcessEnd): void {
    this.#child = undefined;
    if (this.#closed !== undefined || this.#ready === undefined) return;
    const { clock, log, random, backoff = defaultBackoff } = this.#parts;
    if (clock.monotonic() - this.#readyAt >= backoff.max) this.#attempt = 0;
    this.#attempt++;
    const delay = backoffDelay(backoff, this.#attempt, random);
    log.warn({ logFile: this.#parts.logFile }, `the board ended with ${endText(end)}; starting it again in ${(delay / 1000).toFixed(1)} s`);
    this.#disarm = clock.after(delay, () => void this.#restart());
  }

  async #restart(): Promise<void> {
    this.#restarts++;
    try {
      await this.#launch();
      if (this.#child !== undefined) this.#parts.log.info({ pid: this.#child.pid, restarts: this.#restarts }, "the board runs again");
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, "starting the board failed");
      this.#afterEnd({ exitCode: null, signal: null });
    }
  }

  /** Ends the board: SIGTERM, and SIGKILL where that does not help in time. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#disarm();
    this.#child?.kill("SIGTERM");
    const disarm = this.#parts.clock.after(this.#parts.grace ?? defaultGrace, () => {
      this.#parts.log.warn({ pid: this.#child?.pid }, "the board does not end in time: killing it");
      this.#child?.kill("SIGKILL");
    });
    await this.#ended;
    disarm();
    await this.#parts.pid.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
