import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ownerOnly, writeFileAtomic } from "../../platform/write-file-atomic.ts";

/** The password that a 0600 file holds; made when there is none. */
export async function ownPassword(file: string): Promise<string> {
  try {
    const password = (await readFile(file, "utf8")).trim();
    if (password.length >= 16) return password;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const password = randomBytes(24).toString("base64url");
  await writeFileAtomic(file, `${password}\n`, ownerOnly);
  return password;
}
