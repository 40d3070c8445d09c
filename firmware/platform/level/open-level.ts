import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { Level } from "level";
import type { LevelDamage } from "../../../shared/base/level/check-level-files.ts";
import { isDiskFull } from "../../../shared/base/level/disk-full.ts";
import { levelCode, StoreLocked, StoreUnwritable } from "../../../shared/base/level/level-errors.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Bytes, bytes } from "../../../shared/base/units.ts";
import { checkLevel, sealDamages } from "./check-level.ts";
import { asideName, copyAside, makeRoom } from "./level-aside.ts";

/** How a store was found: whole; damaged, with what could be saved of it; or damaged with nothing to be saved, so that it begins empty. */
export type Recovery = "clean" | "repaired" | "lost";

export interface OpenLevelParts {
  /** Made with mode 0700 when missing. */
  readonly directory: string;
  readonly log: Log;
  /** Memory for blocks read; default 1 MiB, since the stores of a board are read at start only. */
  readonly cacheSize?: Bytes;
  /** Memory for writes that are not in a table yet; default 2 MiB. */
  readonly writeBufferSize?: Bytes;
}

export interface OpenedLevel {
  readonly db: Level<string, string>;
  /** True when there was no store in the directory. */
  readonly created: boolean;
  /** Anything but `clean` calls for an alarm. It is in the log already. */
  readonly recovery: Recovery;
}

/**
 * Opens the LevelDB store in a directory, after checking every byte of it. A damaged store is copied aside, repaired and opened; one beyond repair is
 * moved aside and begun anew. A store never turns up empty, or with wrong bytes in it, without a word: see `recovery`.
 * @throws {StoreLocked} another process has it open · {StoreUnwritable} the directory cannot be used, or there is no room to open or to mend the store
 */
export async function openLevel(parts: OpenLevelParts): Promise<OpenedLevel> {
  const { directory } = parts;
  const damages = await usable(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    await throwIfLocked(directory);
    return checkLevel(directory);
  });
  if (damages.length > 0) return mend(parts, damages);
  const created = !existsSync(join(directory, "CURRENT"));
  try {
    return { db: await open(parts), created, recovery: "clean" };
  } catch (error) {
    if (levelCode(error) !== "LEVEL_CORRUPTION") throw error;
    return mend(parts, [{ file: directory, what: String(error), repair: true }]);
  }
}

async function mend(parts: OpenLevelParts, damages: readonly LevelDamage[]): Promise<OpenedLevel> {
  const { directory, log } = parts;
  const copy = await copyAside(directory, log);
  const damage = damages.slice(0, 20).map(({ file, what }) => `${file} ${what}`);
  log.error({ directory, copy, damages: damages.length, damage }, "the store is damaged; saving what can be saved");
  try {
    await usable(directory, () => throwIfLocked(directory));
    if (damages.some(({ repair }) => repair)) {
      // A repair that runs out of room throws away what it could not write, without a word.
      await usable(directory, () => throwIfCramped(directory));
      await sealDamages(directory, damages);
      await repair(directory, copy !== undefined);
    } else await sealDamages(directory, damages);
    const db = await open(parts);
    const records = await countRecords(db);
    log.error(
      { directory, copy, records },
      records > 0 ? "the store was repaired; the newest changes may be missing" : "nothing could be saved",
    );
    return { db, created: false, recovery: records > 0 ? "repaired" : "lost" };
  } catch (error) {
    const full = isDiskFull(error);
    // It is all still there and is mended once there is room; until then copies of it must not take what room there is.
    if (full && copy !== undefined) await rm(copy, { recursive: true, force: true });
    if (error instanceof StoreLocked || error instanceof StoreUnwritable) throw error;
    if (full) throw new StoreUnwritable(directory, error);
    return beginAnew(parts, error);
  }
}

async function repair(directory: string, copied: boolean): Promise<void> {
  await ClassicLevel.repair(directory);
  // The repair keeps what it could not use; so does the copy.
  if (copied) await rm(join(directory, "lost"), { recursive: true, force: true });
}

/** A repair writes all that it saves once more. */
async function throwIfCramped(directory: string): Promise<void> {
  let needed = 0;
  for (const name of await readdir(directory)) needed += (await stat(join(directory, name))).size;
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= needed) return;
  const why = `the store is damaged and to mend it takes ${needed} bytes, but ${bavail * bsize} are free`;
  throw Object.assign(new Error(why), { code: "ENOSPC" });
}

/** Reads everything once: what cannot be read must be known now. */
async function countRecords(db: Level<string, string>): Promise<number> {
  try {
    const keys = db.keys();
    let count = 0;
    for (let some = await keys.nextv(1000); some.length > 0; some = await keys.nextv(1000)) count += some.length;
    await keys.close();
    return count;
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function beginAnew(parts: OpenLevelParts, cause: unknown): Promise<OpenedLevel> {
  const { directory, log } = parts;
  const aside = asideName(directory, "lost");
  await usable(directory, async () => {
    await makeRoom(directory, "lost");
    await rename(directory, aside);
    await mkdir(directory, { recursive: true, mode: 0o700 });
  });
  log.error({ directory, aside, err: cause }, "the store is beyond repair; it was moved aside and an empty one takes its place");
  return { db: await open(parts), created: false, recovery: "lost" };
}

async function open({
  directory,
  cacheSize = bytes(1 << 20),
  writeBufferSize = bytes(2 << 20),
}: OpenLevelParts): Promise<Level<string, string>> {
  const db = new Level<string, string>(directory, { cacheSize, writeBufferSize });
  try {
    await db.open();
    return db;
  } catch (error) {
    const code = levelCode(error);
    if (code === "LEVEL_LOCKED") throw new StoreLocked(directory, error);
    if (code === "LEVEL_CORRUPTION") throw error;
    throw new StoreUnwritable(directory, error);
  }
}

/** LevelDB takes its lock before it looks whether it may open the store at all: asked for what cannot be, it tells only whether the lock is free. */
async function throwIfLocked(directory: string): Promise<void> {
  const probe = new ClassicLevel(directory, { createIfMissing: false, errorIfExists: true });
  try {
    await probe.open();
    await probe.close();
  } catch (error) {
    if (levelCode(error) === "LEVEL_LOCKED") throw new StoreLocked(directory, error);
  }
}

async function usable<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StoreLocked ? error : new StoreUnwritable(directory, error);
  }
}

/**
 * Closes a store with its log folded into a table. What a table holds is known to the MANIFEST and missed when it is gone; a log that a failing file
 * system has emptied looks like one in which nothing was ever written.
 */
export async function closeLevel(db: Level<string, string>): Promise<void> {
  if (db instanceof ClassicLevel && db.status === "open") {
    // LevelDB writes its memory out before it compacts a range, one without keys too.
    await db.compactRange("\uffff", "\uffff").catch(() => {});
  }
  await db.close();
}
