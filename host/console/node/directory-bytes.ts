import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** So many files are looked at; what lies beyond is left out. */
const most = 20_000;

/** Bytes of all files below a directory. What goes while it is counted is left out. */
export async function directoryBytes(directory: string): Promise<number> {
  let sum = 0;
  let files = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    if (++files > most) break;
    sum += (await stat(path.join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return sum;
}
