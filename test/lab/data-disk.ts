import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { command } from "./command.ts";

export interface DataDiskParts {
  /** The image file to make. */
  readonly image: string;
  readonly mebibytes: number;
  /** Texts by their path on the disk. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes the disk that a board keeps its stores on. */
export async function makeDataDisk({ image, mebibytes, files }: DataDiskParts): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), "penstock-data-disk-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), text, { mode: 0o600 });
    }
    await command("mke2fs", ["-q", "-t", "ext4", "-m", "0", "-E", "root_owner=0:0", "-d", root, image, `${mebibytes}M`]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
