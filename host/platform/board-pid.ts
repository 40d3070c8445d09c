import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BoardReady, readBoardReady } from "./board-ready.ts";

/** A board that an earlier supervisor started and that still runs. */
export interface LeftBoard {
  readonly pid: number;
  /** What it was started with, behind the script. */
  readonly args: readonly string[];
  /** What it said when it began to serve; `undefined` while it does not. */
  readonly ready: BoardReady | undefined;
}

/** Remembers, in the data directory, which process the board is: it outlives its supervisor. */
export class BoardPid {
  readonly #file: string;
  readonly #readyFile: string;

  constructor(directory: string) {
    this.#file = path.join(directory, "board.pid");
    this.#readyFile = path.join(directory, "board-ready.json");
  }

  /** The remembered process, when it still runs `script`. Only Linux can tell; elsewhere there is none. */
  async left(script: string): Promise<LeftBoard | undefined> {
    const pid = Number(await readFile(this.#file, "utf8").catch(() => ""));
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    const args = await argumentsOf(pid, script);
    if (args === undefined) return undefined;
    const text = await readFile(this.#readyFile, "utf8").catch(() => "");
    return { pid, args, ready: readySaid(text, pid) };
  }

  write(pid: number): Promise<void> {
    return writeFile(this.#file, String(pid));
  }

  clear(): Promise<void> {
    return rm(this.#file, { force: true });
  }
}

/** What process `pid` was started with behind `script`; `undefined` when it runs something else or nothing: a number is given out again after a while. */
export async function argumentsOf(pid: number, script: string): Promise<readonly string[] | undefined> {
  const command = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  const at = command.indexOf(script);
  return at < 0 ? undefined : command.slice(at + 1, -1);
}

function readySaid(text: string, pid: number): BoardReady | undefined {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === "object" && said !== null && "pid" in said && said.pid === pid
      ? readBoardReady({ kind: "ready", ...said })
      : undefined;
  } catch {
    return undefined;
  }
}
