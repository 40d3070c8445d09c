import { copyFile, link, mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Log } from "../../../shared/base/log.ts";

/** Copies kept of one store: the first, which has the most in it, and the newest. */
const kept = 2;

/** Where a store is put that gives way: beside it, named after the time, sorted by it. */
export function asideName(directory: string, kind: "damaged" | "lost" | "replaced"): string {
  const time = new Date().toISOString().replaceAll(":", "-");
  return join(dirname(directory), `${basename(directory)}.${kind}-${time}`);
}

/**
 * Copies a damaged store beside itself, for people to look at. Tables never change, so that they take no room: they get a second name.
 * @param changing names of tables that the repair writes to
 * @returns the copy's path, or `undefined` when it could not be made
 */
export async function copyAside(directory: string, changing: ReadonlySet<string>, log: Log): Promise<string | undefined> {
  const copy = asideName(directory, "damaged");
  try {
    await makeRoom(directory, "damaged");
    await mkdir(copy, { mode: 0o700 });
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const [from, to] = [join(directory, entry.name), join(copy, entry.name)];
      if (!/\.(?:ldb|sst)$/.test(entry.name) || changing.has(entry.name)) await copyFile(from, to);
      else await link(from, to).catch(() => copyFile(from, to));
    }
    return copy;
  } catch (error) {
    log.error({ directory, copy, err: error }, "could not keep a copy of the damaged store");
    await rm(copy, { recursive: true, force: true });
    return undefined;
  }
}

/** Removes copies until one more fits. */
export async function makeRoom(directory: string, kind: "damaged" | "lost"): Promise<void> {
  const prefix = `${basename(directory)}.${kind}-`;
  const home = dirname(directory);
  const copies = (await readdir(home)).filter((name) => name.startsWith(prefix)).sort();
  for (const name of copies.slice(kept - 1)) await rm(join(home, name), { recursive: true, force: true });
}
