import path from "node:path";
import type { Log } from "../../shared/base/log.ts";
import { removeFile, replaceFile } from "./replace-file.ts";

/** What a board says when it serves: to its parent, and in a file for whoever comes later. */
export interface ReadyNote {
  readonly pid: number;
  /** 32 hexadecimal digits: another one is another start. */
  readonly bootId: string;
  /** Where the broker listens, as URLs. */
  readonly addresses: readonly string[];
  /** Base URL of `/health` and `/metrics`. */
  readonly health: string;
}

/** `board-ready.json` in the data directory: there while the board serves. One that a dead process left is known by its `pid`. */
export class ReadyFile {
  readonly #file: string;
  readonly #log: Log;

  constructor(directory: string, log: Log) {
    this.#file = path.join(directory, "board-ready.json");
    this.#log = log;
  }

  /** A disk that refuses keeps nobody from serving: it is only told. */
  async write(note: ReadyNote): Promise<void> {
    await replaceFile(this.#file, `${JSON.stringify(note)}\n`).catch((error: unknown) =>
      this.#log.warn({ file: this.#file, err: error }, "where the board serves cannot be written down"),
    );
  }

  async clear(): Promise<void> {
    await removeFile(this.#file).catch(() => undefined);
  }
}
