import { open } from "node:fs/promises";

/** Brings the names in a directory to disk. fsync(2) */
export async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}
