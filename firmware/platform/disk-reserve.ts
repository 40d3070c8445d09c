import { randomFillSync } from "node:crypto";
import { open, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";
import type { Log } from "../../shared/base/log.ts";
import { type Bytes, bytes } from "../../shared/base/units.ts";

/**
 * What a store writes at most until it is open: a LevelDB makes a table of its log, 2 MiB, and a journal writes its newest segment anew, 1 MiB; then what
 * they replace goes, before the next store is opened.
 */
const most = bytes(3 << 20);
/** Of a small disk no more than this share. */
const share = 8;
const piece = 4096;

export interface DiskReserveParts {
  /** Directory of the stores. */
  readonly directory: string;
  readonly log: Log;
}

/**
 * Room that is kept for the next start: a file of bytes without meaning. A store writes a little before it is open; on a disk that something else has
 * filled, the file is given up for that, and taken again right behind, before anybody else can take the room. What opening writes takes the place of what
 * it removes, so that a reserve lasts for many starts.
 */
export class DiskReserve {
  readonly #file: string;
  readonly #parts: DiskReserveParts;

  constructor(parts: DiskReserveParts) {
    this.#parts = parts;
    this.#file = path.join(parts.directory, "reserve");
  }

  /** Bytes that are kept now. */
  async size(): Promise<Bytes> {
    return bytes((await stat(this.#file).catch(() => undefined))?.size ?? 0);
  }

  /** True when there is so much room, with what is kept, that stores can be opened. */
  async hasRoom(): Promise<boolean> {
    try {
      const { free, wanted } = await this.#disk();
      return free + (await this.size()) >= wanted;
    } catch {
      return false;
    }
  }

  /** Keeps what it should where as much again stays free; true when it has it all. */
  async fill(): Promise<boolean> {
    try {
      const { free, wanted } = await this.#disk();
      const missing = wanted - (await this.size());
      if (missing <= 0) return true;
      if (free < wanted + missing) return false;
      await this.#extend(missing);
      return true;
    } catch (error) {
      this.#parts.log.debug({ file: this.#file, err: error }, "room for the next start could not be kept");
      return false;
    }
  }

  /** Gives it up. @returns what there was of it */
  async giveUp(): Promise<Bytes> {
    const had = await this.size();
    await rm(this.#file, { force: true });
    return had;
  }

  /** Takes back what was given up, or as much of it as there is. */
  async takeBack(had: Bytes): Promise<void> {
    await this.#extend(had - (await this.size())).catch((error: unknown) => {
      this.#parts.log.debug({ file: this.#file, err: error }, "not all of the room for the next start is there any more");
    });
  }

  async #disk(): Promise<{ readonly free: number; readonly wanted: number }> {
    const { blocks, bavail, bsize } = await statfs(this.#parts.directory);
    return { free: bavail * bsize, wanted: Math.min(most, Math.floor((blocks * bsize) / share)) };
  }

  /** The bytes are random: zeros take no room on a file system that packs them. */
  async #extend(by: number): Promise<void> {
    const file = await open(this.#file, "a", 0o600);
    try {
      const random = Buffer.allocUnsafeSlow(piece);
      for (let left = by; left > 0; left -= piece) {
        randomFillSync(random);
        await file.appendFile(random.subarray(0, Math.min(left, piece)));
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
