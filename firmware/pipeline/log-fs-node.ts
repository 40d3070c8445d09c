import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { lockDirectory } from "./directory-lock.ts";
import type { FlashWear } from "./flash-wear.ts";
import type { LogEntry, LogFile, LogFs } from "./log-fs.ts";

/**
 * The journal's files by Node. Files are not preallocated: Node has no fallocate, a longer file made by truncate has no blocks yet, and filling it
 * with zeros would write everything twice. So a sync also writes the file's new length; fdatasync sees to that. fdatasync(2)
 */
export class NodeLogFs implements LogFs {
  readonly #wear: FlashWear;

  constructor(wear: FlashWear) {
    this.#wear = wear;
  }

  async makeDirectory(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let at = path; at.length >= first.length; at = dirname(at)) await this.syncDirectory(dirname(at));
  }

  async list(path: string): Promise<readonly LogEntry[]> {
    const entries = await readdir(path, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Promise.all(files.map(async ({ name }) => ({ name, size: (await stat(join(path, name))).size })));
  }

  async directories(path: string): Promise<readonly string[]> {
    return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  async create(path: string): Promise<LogFile> {
    return new NodeLogFile(await open(path, "w", 0o600), this.#wear);
  }

  async read(path: string, position: number, length: number): Promise<Uint8Array> {
    const file = await open(path, "r");
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  async truncate(path: string, size: number): Promise<void> {
    const file = await open(path, "r+");
    try {
      await file.truncate(size);
      await file.sync();
      this.#wear.synced();
    } finally {
      await file.close();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(from, to);
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async syncDirectory(path: string): Promise<void> {
    const directory = await open(path, "r");
    try {
      await directory.sync();
      this.#wear.synced();
    } finally {
      await directory.close();
    }
  }

  lock(path: string): Promise<() => Promise<void>> {
    return lockDirectory(path);
  }
}

class NodeLogFile implements LogFile {
  readonly #file: FileHandle;
  readonly #wear: FlashWear;
  /** What was written since the last sync. */
  #start = Number.POSITIVE_INFINITY;
  #end = 0;

  constructor(file: FileHandle, wear: FlashWear) {
    this.#file = file;
    this.#wear = wear;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
    this.#wear.wrote(bytes.length);
    this.#start = Math.min(this.#start, position);
    this.#end = Math.max(this.#end, position + bytes.length);
  }

  async sync(): Promise<void> {
    await this.#file.datasync();
    this.#wear.synced(this.#start, this.#end);
    this.#start = Number.POSITIVE_INFINITY;
    this.#end = 0;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
