import { existsSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { levelCode, StoreLocked, StoreUnwritable } from "../../../shared/base/level/level-errors.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Bytes, bytes } from "../../../shared/base/units.ts";
import { checkLevel } from "./check-level.ts";
import { mendLevel, moveAside } from "./mend-level.ts";

/** A database whose keys and values are bytes unless said otherwise. */
export type BinaryLevel = ClassicLevel<Uint8Array, Uint8Array>;

export interface OpenLevelParts {
  /** Made with mode 0700 when missing. */
  readonly directory: string;
  readonly log: Log;
  /** Memory for blocks read; default 4 MiB. */
  readonly cacheSize?: Bytes;
  /** Memory for writes that are not in a table yet; twice that for a moment; default 4 MiB. */
  readonly writeBufferSize?: Bytes;
  /** Bytes of tables that are checked before the store is opened, the newest first; default 256 MiB. */
  readonly checked?: Bytes;
}

export interface OpenedLevel {
  readonly db: BinaryLevel;
  /** True when there was no store in the directory. */
  readonly created: boolean;
  /** What was wrong and what became of it: calls for an alarm. `undefined`: all was in order. It is in the log already. */
  readonly repaired: string | undefined;
}

/**
 * Opens the LevelDB store in a directory, after checking its files. A damaged store is copied aside, repaired and opened; one beyond repair is moved
 * aside and begun anew: never without a word, see `repaired`.
 * @throws {StoreLocked} another process has it open · {StoreUnwritable} the directory cannot be used, or there is no room to open or to mend the store
 */
export async function openLevel(parts: OpenLevelParts): Promise<OpenedLevel> {
  const { directory, log, checked = bytes(256 << 20) } = parts;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    await throwIfLocked(directory);
    const damages = await checkLevel(directory, checked);
    const created = !existsSync(join(directory, "CURRENT")) && damages.length === 0;
    const repaired = damages.length > 0 ? await mendLevel({ directory, log, damages }) : undefined;
    try {
      return { db: await open(parts), created, repaired };
    } catch (error) {
      if (levelCode(error) !== "LEVEL_CORRUPTION") throw error;
      if (repaired !== undefined) return { repaired: await moveAside(directory, log, error), created, db: await open(parts) };
      const damage = { file: directory, what: String(error), repair: true };
      return { repaired: await mendLevel({ directory, log, damages: [damage] }), created, db: await open(parts) };
    }
  } catch (error) {
    if (error instanceof StoreLocked) throw error;
    throw levelCode(error) === "LEVEL_LOCKED" ? new StoreLocked(directory, error) : new StoreUnwritable(directory, error);
  }
}

async function open({ directory, cacheSize = bytes(4 << 20), writeBufferSize = bytes(4 << 20) }: OpenLevelParts): Promise<BinaryLevel> {
  const db: BinaryLevel = new ClassicLevel(directory, {
    keyEncoding: "view",
    valueEncoding: "view",
    cacheSize,
    writeBufferSize,
    // Each open table holds its index, and what was read of it, in memory.
    maxOpenFiles: 256,
  });
  await db.open();
  return db;
}

/** LevelDB takes its lock before it looks whether it may open the store at all: asked for what cannot be, it tells only whether the lock is free. */
export async function throwIfLocked(directory: string): Promise<void> {
  const probe = new ClassicLevel(directory, { createIfMissing: false, errorIfExists: true });
  try {
    await probe.open();
    await probe.close();
  } catch (error) {
    if (levelCode(error) === "LEVEL_LOCKED") throw new StoreLocked(directory, error);
  }
}

/**
 * Closes a store with its log folded into a table. What a table holds is known to the MANIFEST and missed when it is gone; a log that a failing file
 * system has emptied looks like one in which nothing was ever written.
 */
export async function closeLevel(db: BinaryLevel): Promise<void> {
  const end = Uint8Array.of(0xff, 0xff);
  // LevelDB writes its memory out before it compacts a range, one without keys too.
  if (db.status === "open") await db.compactRange(end, end).catch(() => {});
  await db.close();
}
