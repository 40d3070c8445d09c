import { readFile, stat } from "node:fs/promises";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { EdgeError } from "../../../shared/base/edge-error.ts";
import { millis } from "../../../shared/base/units.ts";
import { ConfigUnreadable } from "../../../shared/console/config-errors.ts";
import { configInvalid, parseDocument } from "../../../shared/console/parse-document.ts";
import { type BoardIntent, BoardsFile as BoardsDocument } from "../../../shared/twin/documents/board-document.ts";
import { writeFileAtomic } from "../../platform/write-file-atomic.ts";

export interface BoardsFileParts {
  readonly file: string;
  readonly clock: Clock;
  /** Somebody edited the file, and it is sound. */
  readonly edited: (boards: readonly BoardIntent[]) => void;
  /** Somebody edited the file, and it is not sound: what was there before holds. */
  readonly refused: (error: EdgeError) => void;
}

const look = millis(1000);

/** `boards.json`: read at start, looked at every second for edits by others, rewritten whole by changes of ours. */
export class BoardsFile {
  readonly file: string;
  readonly #parts: BoardsFileParts;
  /** What the file says, as far as it was looked at. */
  #text: string | undefined;
  #stamp = "";
  #disarm: Disarm | undefined;
  #closed = false;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: BoardsFileParts) {
    this.#parts = parts;
    this.file = parts.file;
  }

  /** What the file names; `undefined` when there is none. @throws {ConfigInvalid} {ConfigUnreadable} */
  async read(): Promise<readonly BoardIntent[] | undefined> {
    this.#stamp = await this.#stampNow();
    const text = await this.#load();
    this.#text = text;
    return text === undefined ? undefined : parseBoards(this.file, text);
  }

  /** Begins to look for edits. */
  watch(): void {
    if (this.#closed) return;
    this.#disarm = this.#parts.clock.after(look, () => {
      this.#work = this.#work.then(() => this.#look()).then(() => this.watch());
    });
  }

  /** Rewrites the file; resolves when it is on disk. */
  write(boards: readonly BoardIntent[]): Promise<void> {
    const text = `${JSON.stringify({ version: 1, boards: [...boards] } satisfies BoardsDocument, undefined, 2)}\n`;
    const written = this.#work.then(async () => {
      if (text === this.#text) return;
      await writeFileAtomic(this.file, text);
      this.#text = text;
      this.#stamp = await this.#stampNow();
    });
    this.#work = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm?.();
    await this.#work;
  }

  async #look(): Promise<void> {
    const stamp = await this.#stampNow();
    if (stamp === this.#stamp || this.#closed) return;
    this.#stamp = stamp;
    try {
      const text = await this.#load();
      if (text === this.#text || text === undefined) return;
      this.#text = text;
      this.#parts.edited(parseBoards(this.file, text));
    } catch (error) {
      if (!isEdgeError(error)) throw error;
      this.#parts.refused(error);
    }
  }

  async #stampNow(): Promise<string> {
    try {
      const { mtimeMs, size, ino } = await stat(this.file);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return "";
    }
  }

  async #load(): Promise<string | undefined> {
    try {
      return await readFile(this.file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw new ConfigUnreadable(this.file, error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

const isEdgeError = (error: unknown): error is EdgeError =>
  error instanceof Error && "code" in error && String(error.code).startsWith("EDGE_");

/** Reads the text of such a file. @throws {ConfigInvalid} with file, path, value and what was expected */
export function parseBoards(file: string, text: string): readonly BoardIntent[] {
  const { boards } = parseDocument(file, text, BoardsDocument);
  const seen = new Set<string>();
  const twice = boards.flatMap(({ id }, at) => {
    const isTwice = seen.has(id);
    seen.add(id);
    return isTwice ? [{ path: `/boards/${at}/id`, message: `"${id}" is there twice`, expected: "ids that differ" }] : [];
  });
  if (twice.length > 0) throw configInvalid(file, text, twice);
  return boards;
}
