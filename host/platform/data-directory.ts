import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { EdgeError } from "../../shared/base/edge-error.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "it, or a part of its path, is a file",
  ENOENT: "it cannot be made",
};

/** The data directory cannot be made or written. */
export class DataDirectoryUnwritable extends EdgeError {
  readonly code = "EDGE_DATA_DIR";
  readonly directory: string;
  constructor(directory: string, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    super(`data directory ${directory} cannot be written: ${reasons[code] ?? String(cause)}; give another with --data DIR`, { cause });
    this.directory = directory;
  }
}

/** One level after the other: Node's own recursion never ends where a file system answers "no such file" for ever, as /proc does. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return;
    const parent = path.dirname(directory);
    if (code !== "ENOENT" || parent === directory) throw error;
    await makeDirectory(parent);
    await mkdir(directory);
  }
}

/** Makes the directory where it is missing and proves that files can be written there. @throws {DataDirectoryUnwritable} */
export async function prepareDataDirectory(directory: string): Promise<void> {
  const probe = path.join(directory, `.write-probe-${process.pid}`);
  try {
    await makeDirectory(directory);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw new DataDirectoryUnwritable(directory, error);
  }
}
