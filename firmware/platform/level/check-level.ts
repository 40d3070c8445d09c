import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkLevelFiles, type LevelDamage } from "../../../shared/base/level/check-level-files.ts";

/** Checks all files of a closed LevelDB store. @returns nothing for a whole store and for a directory without one */
export async function checkLevel(directory: string): Promise<readonly LevelDamage[]> {
  const names = new Set(await readdir(directory));
  return checkLevelFiles({ names, read: (name) => readFile(join(directory, name)) }, Number.POSITIVE_INFINITY);
}

/** Overwrites what is damaged, so that LevelDB passes over it. */
export async function sealDamages(directory: string, damages: readonly LevelDamage[]): Promise<void> {
  for (const { file, seal } of damages) {
    if (seal === undefined) continue;
    await using handle = await open(join(directory, file), "r+");
    await handle.write(seal.bytes, 0, seal.bytes.length, seal.at);
    await handle.sync();
  }
}
