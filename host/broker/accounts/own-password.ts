import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";

/** The password that a 0600 file holds; made when there is none. */
export async function ownPassword(file: string): Promise<string> {
  try {
    const password = (await readFile(file, "utf8")).trim();
    if (password.length >= 16) return password;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const password = randomBytes(24).toString("base64url");
  await writeSecret(file, `${password}\n`);
  return password;
}

/** Puts text into a file that only its owner may read, whole or not at all. */
export async function writeSecret(file: string, text: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  const handle = await open(part, "w", 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}
