import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";

/** Name of the manifest in a bundle. */
export const manifestFile = "manifest.json";

/** One file of a bundle. */
export interface BundleFile {
  /** Relative to the bundle's folder, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** In small hexadecimal digits. */
  readonly sha256: string;
  /** Is a program. */
  readonly executable?: true;
}

/** What a bundle is and what it consists of. It carries no time: the same source gives the same bytes. */
export interface BundleManifest {
  readonly name: string;
  readonly version: string;
  readonly target: string;
  /** Versions of Node that it runs on, as a range of npm. */
  readonly node: string;
  /** Oldest C library that its native parts run on. */
  readonly libc: string;
  /** Commit that it was built from, `+` behind it when files differed from the commit; absent outside a repository. */
  readonly revision?: string;
  /** Major version of the Node that is in the bundle, if one is. */
  readonly bundledNode?: number;
  /** All files but the manifest itself, sorted by path. */
  readonly files: readonly BundleFile[];
}

/** Lists the files of a folder with their sizes and hashes, the manifest left out. */
export async function listBundle(folder: string): Promise<readonly BundleFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .filter((name) => name !== manifestFile)
    .sort();
  return Promise.all(names.map((name) => describeFile(folder, name)));
}

async function describeFile(folder: string, name: string): Promise<BundleFile> {
  const bytes = await readFile(path.join(folder, name));
  const { mode } = await stat(path.join(folder, name));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path: name, size: bytes.byteLength, sha256, ...((mode & 0o100) !== 0 ? { executable: true as const } : {}) };
}
