import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { manifestFile } from "./bundle-manifest.ts";
import { verifyBundle } from "./verify-bundle.ts";

/**
 * Makes a bundle beside its place and puts it there as a whole: whoever looks meanwhile sees the old one or the new one. One that is there already,
 * and is the same, stays untouched.
 */
export async function placeBundle(folder: string, make: (aside: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const aside = await mkdtemp(path.join(path.dirname(folder), `.${path.basename(folder)}-`));
  try {
    await chmod(aside, 0o755);
    await make(aside);
    if (await same(aside, folder)) return;
    if (existsSync(folder)) await rename(folder, `${aside}.old`);
    try {
      await rename(aside, folder);
    } catch (error) {
      if (!(await same(aside, folder))) throw error;
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(`${aside}.old`, { recursive: true, force: true });
  }
}

async function same(made: string, there: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([readFile(path.join(made, manifestFile)), readFile(path.join(there, manifestFile))]);
    if (!a.equals(b)) return false;
    await verifyBundle(there);
    return true;
  } catch {
    return false;
  }
}
