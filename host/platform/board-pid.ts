import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { BoardRunning } from "./board-errors.ts";

/** Remembers, in the data directory, which process the board is: it outlives its supervisor. */
export class BoardPid {
  readonly #directory: string;
  readonly #file: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#file = path.join(directory, "board.pid");
  }

  /** @throws {BoardRunning} when the remembered process runs `script`. Only Linux can tell; elsewhere it passes. */
  async check(script: string): Promise<void> {
    const pid = Number(await readFile(this.#file, "utf8").catch(() => ""));
    if (!Number.isInteger(pid) || pid <= 0) return;
    // A process id is given out again after a while: its command line says whether it is still the board.
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.split("\0").includes(script)) throw new BoardRunning(this.#directory, pid);
  }

  write(pid: number): Promise<void> {
    return writeFile(this.#file, String(pid));
  }

  clear(): Promise<void> {
    return rm(this.#file, { force: true });
  }
}
