import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Puts `text` into `file` so that a crash at any moment leaves the old content or the new, never a part: written beside it, synced, renamed. */
export async function writeFileAtomic(file: string, text: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = await open(part, "w");
    try {
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
  const folder = await open(path.dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
