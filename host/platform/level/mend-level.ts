import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import type { LevelDamage } from "../../../shared/base/level/check-level-files.ts";
import { isDiskFull } from "../../../shared/base/level/disk-full.ts";
import type { Log } from "../../../shared/base/log.ts";
import { sealDamages } from "./check-level.ts";
import { freeSpace } from "./free-space.ts";
import { asideName, copyAside, makeRoom } from "./level-aside.ts";

/** Room that a repair wants beside what it writes once more. */
const margin = 8 * 1024 * 1024;

export interface MendParts {
  readonly directory: string;
  readonly log: Log;
  readonly damages: readonly LevelDamage[];
}

/**
 * Copies a damaged store aside and repairs it. Where that is not possible for another reason than a full disk, the store is moved aside, and the
 * directory is empty.
 * @returns for people: what was wrong, what was done and where the copy is
 */
export async function mendLevel({ directory, log, damages }: MendParts): Promise<string> {
  const damage = damages.slice(0, 20).map(({ file, what }) => `${file} ${what}`);
  const touched = new Set(damages.filter(({ seal }) => seal !== undefined).map(({ file }) => file));
  const copy = await copyAside(directory, touched, log);
  log.error({ directory, copy, damages: damages.length, damage }, "the store is damaged; saving what can be saved");
  try {
    if (damages.some(({ repair }) => repair)) {
      // A repair that runs out of room throws away what it could not write, without a word.
      await throwIfCramped(directory, damages);
      await sealDamages(directory, damages);
      await ClassicLevel.repair(directory);
      // The repair keeps what it could not use; so does the copy.
      if (copy !== undefined) await rm(join(directory, "lost"), { recursive: true, force: true });
    } else await sealDamages(directory, damages);
  } catch (error) {
    if (isDiskFull(error)) throw error;
    return moveAside(directory, log, error);
  }
  const where = copy === undefined ? "no copy could be kept" : `a copy of what was there is in ${copy}`;
  return `the store was damaged (${damage[0]}) and repaired; what was written last may be missing; ${where}`;
}

/** Moves a store that is beyond repair out of the way. */
export async function moveAside(directory: string, log: Log, cause: unknown): Promise<string> {
  const aside = asideName(directory, "lost");
  await makeRoom(directory, "lost");
  await rename(directory, aside);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  log.error({ directory, aside, err: cause }, "the store is beyond repair; it was moved aside and an empty one takes its place");
  return `the store was beyond repair and begins empty; what was there is in ${aside}`;
}

/** A repair writes logs and damaged tables once more. */
async function throwIfCramped(directory: string, damages: readonly LevelDamage[]): Promise<void> {
  const damaged = new Set(damages.map(({ file }) => file));
  let needed = margin;
  for (const name of await readdir(directory)) {
    if (name.endsWith(".log") || damaged.has(name)) needed += (await stat(join(directory, name))).size;
  }
  const free = await freeSpace(directory);
  if (free >= needed) return;
  const why = `the store is damaged and to mend it takes ${needed} bytes, but ${free} are free`;
  throw Object.assign(new Error(why), { code: "ENOSPC" });
}
