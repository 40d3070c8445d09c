import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { type Bytes, bytes, millis } from "../../shared/base/units.ts";
import { showLogLine } from "./show-log-line.ts";

const look = millis(250);
const defaultMost = bytes(8 * 1024 * 1024);
const chunkSize = 64 * 1024;

export interface BoardLogParts {
  readonly file: string;
  readonly clock: Clock;
  /** Gets each line that people shall see. */
  readonly show: (line: string) => void;
  /** From here the file is moved to `<file>.1`; default 8 MiB. */
  readonly most?: Bytes;
}

/**
 * The file that a board's output goes to. A file and no pipe: the board keeps writing when the supervisor is gone. What people shall see of it is read
 * back from the file.
 */
export class BoardLog {
  readonly #parts: BoardLogParts;
  /** Open for appending: hand it to the board as standard output and error. */
  readonly output: number;
  readonly #input: number;
  #offset: number;
  #rest = "";
  #decoder = new TextDecoder();
  #disarm: Disarm;

  /** Opens the file, following what is appended from now on. */
  constructor(parts: BoardLogParts) {
    this.#parts = parts;
    this.output = openSync(parts.file, "a");
    this.#input = openSync(parts.file, "r");
    this.#offset = fstatSync(this.#input).size;
    this.#turnOver();
    this.#disarm = this.#arm();
  }

  #arm(): Disarm {
    return this.#parts.clock.after(look, () => {
      this.drain();
      this.#disarm = this.#arm();
    });
  }

  /** Shows what has been appended and not been seen yet. */
  drain(): void {
    const chunk = Buffer.alloc(chunkSize);
    for (;;) {
      const length = readSync(this.#input, chunk, 0, chunkSize, this.#offset);
      if (length === 0) break;
      this.#offset += length;
      this.#rest += this.#decoder.decode(chunk.subarray(0, length), { stream: true });
      const lines = this.#rest.split("\n");
      this.#rest = (lines.pop() ?? "").slice(0, chunkSize);
      for (const line of lines) {
        const shown = showLogLine(line);
        if (shown !== undefined) this.#parts.show(shown);
      }
    }
    this.#turnOver();
  }

  /** Copies and cuts, for the board holds the file open: appending goes on at the new end. Lines written between the two are lost. */
  #turnOver(): void {
    if (this.#offset < (this.#parts.most ?? defaultMost)) return;
    copyFileSync(this.#parts.file, `${this.#parts.file}.1`);
    ftruncateSync(this.output, 0);
    this.#offset = 0;
  }

  close(): void {
    this.#disarm();
    this.drain();
    closeSync(this.output);
    closeSync(this.#input);
    this.close = () => undefined;
  }
}
