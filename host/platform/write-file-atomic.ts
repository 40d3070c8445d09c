import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { syncDirectory } from "./sync-directory.ts";

/** Permissions of a file that nobody but its owner may read. */
export const ownerOnly = 0o600;

/**
 * Puts `text` into `file` so that a crash at any moment leaves the old content or the new, never a part: written beside it, synced, renamed.
 * @param mode permissions, whatever the process masks; default those of any new file
 */
export async function writeFileAtomic(file: string, text: string, mode?: number): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = await open(part, "w", mode);
    try {
      // A part that a crash left behind has permissions of its own.
      if (mode !== undefined) await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncDirectory(path.dirname(file));
}
