import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { BuildFailed } from "./build-errors.ts";
import { manifestFile } from "./bundle-manifest.ts";
import { verifyBundle } from "./verify-bundle.ts";

const mostTries = 50;

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
    for (let left = mostTries; left > 0 && !(await same(aside, folder)); left -= 1) {
      // Another build may do the same at the same moment: what it has moved away is not there, and what it has put there is in the way.
      await rename(folder, `${aside}.old`).catch(unless("ENOENT"));
      await rm(`${aside}.old`, { recursive: true, force: true });
      const placed = await rename(aside, folder).then(() => true, unless("ENOTEMPTY", "EEXIST"));
      if (placed === true) return;
    }
    if (!(await same(aside, folder))) throw new BuildFailed(path.basename(folder), `other builds keep changing ${folder}`);
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(`${aside}.old`, { recursive: true, force: true });
  }
}

/** Lets pass the errors that have one of these codes. */
const unless =
  (...codes: readonly string[]) =>
  (error: unknown): void => {
    if (!(error instanceof Error && "code" in error && codes.includes(String(error.code)))) throw error;
  };

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
