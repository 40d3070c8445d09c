import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import { type Instant, type Millis, millis } from "../../shared/base/units.ts";
import { BoardStartFailed, endText, type ProcessEnd } from "./board-errors.ts";
import { BoardFailures } from "./board-failures.ts";
import { adoptBoard, type BoardHandle, spawnBoard } from "./board-handle.ts";
import { argumentsOf, type BoardPid, type LeftBoard } from "./board-pid.ts";
import type { BoardReady } from "./board-ready.ts";

/** From SIGTERM to SIGKILL: the whole gateway has 2 s to end. */
const defaultGrace = millis(1500);

/** `waiting`: it ended and is started again soon · `failed`: it ended five times in ten minutes; it is started again every minute all the same. */
export type BoardProcessState = "starting" | "running" | "waiting" | "failed" | "stopped";

/** How the process stands, for people. */
export interface BoardStanding {
  readonly state: BoardProcessState;
  readonly since: Instant;
  readonly pid: number | undefined;
  readonly restarts: number;
  /** How it ended last. */
  readonly lastEnd: string | undefined;
}

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
  readonly grace?: Millis;
}

/**
 * Runs a board as a process of its own and starts it again, 1 to 60 s later, whenever it ends. The board leads its own session: a terminal's Ctrl-C and
 * the end of this process do not reach it, only `close` does. One that an earlier supervisor left running with the same arguments is joined.
 */
export class BoardProcess implements AsyncDisposable, MetricSource {
  readonly #parts: BoardProcessParts;
  readonly #failures: BoardFailures;
  readonly #listeners = new Set<(standing: BoardStanding) => void>();
  #handle: BoardHandle | undefined;
  #ended: Promise<ProcessEnd> = Promise.resolve({ exitCode: 0, signal: null });
  #ready: BoardReady | undefined;
  #readyAt: Millis = millis(0);
  #restarts = 0;
  #lastEnd: string | undefined;
  #state: BoardProcessState = "starting";
  #since: Instant;
  #disarm: Disarm = () => undefined;
  #closed: Promise<void> | undefined;

  /**
   * Starts the board, or joins the one that runs, and waits until it serves.
   * @throws {BoardStartFailed} {Stopped}
   */
  static async open(parts: BoardProcessParts, stop: StopSignal): Promise<BoardProcess> {
    const board = new BoardProcess(parts);
    await board.#start(await board.#joinable(), stop);
    return board;
  }

  private constructor(parts: BoardProcessParts) {
    this.#parts = parts;
    this.#failures = new BoardFailures(parts.random);
    this.#since = parts.clock.wall();
    parts.kill.addEventListener("abort", () => this.#handle?.kill("SIGKILL"));
  }

  /** What the board said when it last became ready. */
  get ready(): BoardReady | undefined {
    return this.#ready;
  }

  get pid(): number | undefined {
    return this.#handle?.pid;
  }

  get standing(): BoardStanding {
    return { state: this.#state, since: this.#since, pid: this.pid, restarts: this.#restarts, lastEnd: this.#lastEnd };
  }

  /** Calls `listener` when the process stands otherwise. The returned function ends it. */
  onStanding(listener: (standing: BoardStanding) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Has the board read its accounts again. */
  reload(): void {
    if (this.#state === "running") this.#handle?.kill("SIGHUP");
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_board_restarts_total",
        help: "Times the supervisor started the board again after it had ended.",
        type: "counter",
        values: [{ labels: {}, value: this.#restarts }],
      },
      {
        name: "penstock_board_failed",
        help: "1 while the own board has ended five times within ten minutes.",
        type: "gauge",
        values: [{ labels: {}, value: this.#state === "failed" ? 1 : 0 }],
      },
    ];
  }

  /** A board that an earlier supervisor left and that serves as this one would; one that does not is ended. */
  async #joinable(): Promise<LeftBoard | undefined> {
    const { pid, script, args, clock, log, grace = defaultGrace } = this.#parts;
    const left = await pid.left(script);
    if (left === undefined) return undefined;
    if (left.ready !== undefined && left.args.length === args.length && left.args.every((argument, at) => argument === args[at]))
      return left;
    log.warn({ pid: left.pid }, "a board of an earlier start runs otherwise than it shall now; it is ended and started anew");
    const old = adoptBoard(left.pid, undefined, this.#isBoard, clock);
    old.kill("SIGTERM");
    const disarm = clock.after(grace, () => old.kill("SIGKILL"));
    await old.ended;
    disarm();
    return undefined;
  }

  readonly #isBoard = async (pid: number): Promise<boolean> => (await argumentsOf(pid, this.#parts.script)) !== undefined;

  async #start(left: LeftBoard | undefined, stop: StopSignal): Promise<void> {
    const onStop = (): void => void this.close();
    stop.addEventListener("abort", onStop);
    if (!stop.aborted) await this.#launch(left);
    stop.removeEventListener("abort", onStop);
    if (this.#ready !== undefined && this.#closed === undefined) return;
    await this.close();
    if (stop.aborted) throw new Stopped();
    throw new BoardStartFailed(await this.#ended, this.#parts.logFile);
  }

  /** Resolves when the board serves or has ended. */
  async #launch(left: LeftBoard | undefined): Promise<void> {
    const { script, args, flags = [], output, pid, clock, log } = this.#parts;
    if (this.#state !== "failed") this.#stand("starting");
    const handle =
      left === undefined ? spawnBoard({ script, args, flags, output }) : adoptBoard(left.pid, left.ready, this.#isBoard, clock);
    if (left !== undefined) log.info({ pid: left.pid }, "the board runs already, from an earlier start; joined");
    this.#handle = handle;
    this.#ended = handle.ended;
    if (handle.pid !== undefined) await pid.write(handle.pid);
    const begun = clock.monotonic();
    const serves = await Promise.race([handle.ready, handle.ended.then(() => undefined)]);
    this.#readyAt = serves === undefined ? begun : clock.monotonic();
    if (serves !== undefined) {
      this.#ready = serves;
      if (this.#state !== "failed") this.#stand("running");
    }
    void this.#ended.then((end) => this.#afterEnd(end));
  }

  #afterEnd(end: ProcessEnd): void {
    this.#handle = undefined;
    this.#lastEnd = endText(end);
    if (this.#closed !== undefined || this.#ready === undefined) return;
    const { clock, log, logFile } = this.#parts;
    const now = clock.monotonic();
    const delay = this.#failures.ended(now, millis(now - this.#readyAt));
    const failed = this.#failures.failed(now);
    this.#stand(failed ? "failed" : "waiting");
    const often = failed ? " for the fifth time in ten minutes" : "";
    log[failed ? "error" : "warn"](
      { logFile },
      `the board ended with ${endText(end)}${often}; starting it again in ${(delay / 1000).toFixed(1)} s`,
    );
    this.#disarm = clock.after(delay, () => void this.#restart());
  }

  async #restart(): Promise<void> {
    this.#restarts++;
    try {
      await this.#launch(undefined);
      if (this.#handle !== undefined) this.#parts.log.info({ pid: this.#handle.pid, restarts: this.#restarts }, "the board runs again");
      if (this.#state === "failed" && this.#handle !== undefined) this.#stand("running");
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, "starting the board failed");
      this.#afterEnd({ exitCode: null, signal: null });
    }
  }

  #stand(state: BoardProcessState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#parts.clock.wall();
    for (const listener of this.#listeners) listener(this.standing);
  }

  /** Ends the board: SIGTERM, and SIGKILL where that does not help in time. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#disarm();
    this.#stand("stopped");
    this.#handle?.kill("SIGTERM");
    const disarm = this.#parts.clock.after(this.#parts.grace ?? defaultGrace, () => {
      this.#parts.log.warn({ pid: this.pid }, "the board does not end in time: killing it");
      this.#handle?.kill("SIGKILL");
    });
    await this.#ended;
    disarm();
    await this.#parts.pid.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
