import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Where everything is kept that is fetched or made once for all runs; never committed. */
export const labCache: string = fileURLToPath(new URL("../../node_modules/.cache/penstock-lab", import.meta.url));

/**
 * A folder that is made once and kept. The name must say all that it depends on. What was begun and not finished is never taken for whole, and two
 * processes may make the same folder at once.
 * @param make fills the empty folder that it is given
 */
export async function cachedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(labCache, name);
  if (existsSync(folder)) return folder;
  await mkdir(labCache, { recursive: true });
  const part = await mkdtemp(path.join(labCache, "part-"));
  try {
    await make(part);
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
