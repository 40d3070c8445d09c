import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { LiveValue } from "../../shared/connectors/link/link-message.ts";
import type { BoardMemory, LinkBatch, LinkStore } from "../../shared/connectors/ports.ts";
import { compareCursors } from "../../shared/pipeline/cursor.ts";
import { MemoryLinkStore } from "./link-store-memory.ts";

/** Keeps batches in one file, each with one write and one sync: what a gateway's store costs at least. Only cursors are also in memory. */
export class FileLinkStore implements LinkStore {
  readonly epoch = 1;
  readonly #memory = new MemoryLinkStore(1);
  readonly #file: FileHandle;
  #at = 0;
  syncs = 0;
  onLive: (values: readonly LiveValue[]) => void = () => {};

  private constructor(file: FileHandle) {
    this.#file = file;
    this.#memory.keepsPayloads = false;
    this.#memory.onLive = (values) => this.onLive(values);
  }

  static async open(directory: string): Promise<FileLinkStore> {
    return new FileLinkStore(await open(join(directory, "received"), "w"));
  }

  get records(): number {
    return this.#memory.records;
  }

  load(board: string): Promise<BoardMemory> {
    return this.#memory.load(board);
  }

  async apply(board: string, batch: LinkBatch): Promise<void> {
    const head = Buffer.from(`${JSON.stringify({ board, streams: batch.streams.map(({ stream, cursor }) => ({ stream, cursor })) })}\n`);
    const parts = [head, ...batch.streams.flatMap(({ frames }) => frames)];
    const { bytesWritten } = await this.#file.writev(parts, this.#at);
    await this.#file.datasync();
    this.syncs++;
    this.#at += bytesWritten;
    this.#memory.keep(board, batch);
  }

  markSent(board: string, cmdSeqs: readonly number[], origin: string): Promise<void> {
    return this.#memory.markSent(board, cmdSeqs, origin);
  }

  live(board: string, values: readonly LiveValue[]): void {
    const { live } = this.#memory.board(board);
    for (const value of values) {
      const before = live.get(value.key);
      if (before === undefined || compareCursors(value.at, before.at) > 0) live.set(value.key, value);
    }
    this.onLive(values);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
