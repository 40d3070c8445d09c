import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Puts `text` into `file`, readable by its owner alone, so that a crash at any moment leaves the old content or the new, never a part. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    const handle = await open(part, "w", 0o600);
    try {
      await handle.chmod(0o600);
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
  await syncFolder(path.dirname(file));
}

/** Takes `file` away; its absence is on disk when it resolves. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncFolder(path.dirname(file));
}

/** Renames a file that cannot be used, under a name that none has yet. @returns that name */
export async function setAside(file: string, now: number): Promise<string> {
  const aside = `${file}.damaged-${now}`;
  await rename(file, aside);
  await syncFolder(path.dirname(file));
  return aside;
}

async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
