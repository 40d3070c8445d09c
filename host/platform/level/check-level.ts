import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkLevelFiles, type LevelDamage } from "../../../shared/base/level/check-level-files.ts";
import type { Bytes } from "../../../shared/base/units.ts";

/**
 * Checks the files of a closed LevelDB store: what it consists of, its logs, and of its tables the newest.
 * @param most bytes of tables that are read
 * @returns nothing for a whole store and for a directory without one
 */
export async function checkLevel(directory: string, most: Bytes): Promise<readonly LevelDamage[]> {
  // One piece of memory for all files: a store has many.
  let room = new Uint8Array(0);
  const read = async (name: string): Promise<Uint8Array> => {
    await using handle = await open(join(directory, name), "r");
    const { size } = await handle.stat();
    if (room.length < size) room = new Uint8Array(size);
    const { bytesRead } = await handle.read(room, 0, size, 0);
    return room.subarray(0, bytesRead);
  };
  return checkLevelFiles({ names: new Set(await readdir(directory)), read }, most);
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
