import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Sixteen hexadecimal digits that stand for the content of files, in their order. */
export async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(
      createHash("sha256")
        .update(await readFile(file))
        .digest(),
    );
  return hash.digest("hex").slice(0, 16);
}
