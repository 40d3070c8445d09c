import { spawn } from "node:child_process";
import type { Clock } from "../../shared/base/clock.ts";
import { millis } from "../../shared/base/units.ts";
import type { ProcessEnd } from "./board-errors.ts";
import { type BoardReady, readBoardReady } from "./board-ready.ts";

/** How often a process that is nobody's child is looked for. */
const look = millis(500);

/** A board's process, started here or found running. */
export interface BoardHandle {
  /** `undefined` when it could not be started. */
  readonly pid: number | undefined;
  /** What it says when it serves; never, when it ends before. */
  readonly ready: Promise<BoardReady>;
  readonly ended: Promise<ProcessEnd>;
  kill(signal: "SIGTERM" | "SIGKILL" | "SIGHUP"): void;
}

export interface SpawnParts {
  readonly script: string;
  readonly args: readonly string[];
  readonly flags: readonly string[];
  /** File descriptor of its standard output and error. */
  readonly output: number;
}

/** Starts a board that leads its own session: what ends this process or its terminal does not reach it. */
export function spawnBoard({ script, args, flags, output }: SpawnParts): BoardHandle {
  const child = spawn(process.execPath, [...flags, script, ...args], { detached: true, stdio: ["ignore", output, output, "ipc"] });
  const ended = new Promise<ProcessEnd>((resolve) => {
    // An error of a process that runs (a signal or a message that does not reach it) is not its end.
    child.on("error", () => child.pid === undefined && resolve({ exitCode: null, signal: null }));
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const ready = new Promise<BoardReady>((resolve) => {
    child.on("message", (message) => {
      const said = readBoardReady(message);
      if (said !== undefined) resolve(said);
    });
  });
  return { pid: child.pid, ready, ended, kill: (signal) => void child.kill(signal) };
}

/** Joins a board that an earlier supervisor left running. How it ends, nobody but its parent is told: only that it is gone. */
export function adoptBoard(
  pid: number,
  said: BoardReady | undefined,
  isBoard: (pid: number) => Promise<boolean>,
  clock: Clock,
): BoardHandle {
  const ended = new Promise<ProcessEnd>((resolve) => {
    const watch = (): void => {
      void isBoard(pid).then((runs) => {
        if (runs) clock.after(look, watch);
        else resolve({ exitCode: null, signal: null });
      });
    };
    clock.after(look, watch);
  });
  const kill: BoardHandle["kill"] = (signal) => {
    try {
      process.kill(pid, signal);
    } catch {
      // It is gone; the next look finds out.
    }
  };
  return { pid, ready: said === undefined ? new Promise(() => undefined) : Promise.resolve(said), ended, kill };
}
