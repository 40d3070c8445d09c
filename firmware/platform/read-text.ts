import { open } from "node:fs/promises";
import { ConfigMissing, ConfigUnreadable } from "../../shared/console/config-errors.ts";

/** Configuration of 4,096 points with everything said is 2 MiB. */
const largest = 4 * 1024 * 1024;

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
      return "it is a directory";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  await using file = await open(path, "r");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(65_536), 0, 65_536, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    size += bytesRead;
    if (size > largest) throw new ConfigUnreadable(path, `it is larger than ${largest / 1024 / 1024} MiB`);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/**
 * Reads a configuration file of at most 4 MiB as UTF-8, without its byte order mark.
 * @param remedy how to make the file where there is none
 * @throws {ConfigMissing} {ConfigUnreadable}
 */
export async function readText(path: string, remedy: string): Promise<string> {
  try {
    const bytes = await readBounded(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof ConfigUnreadable) throw error;
    if (codeOf(error) === "ENOENT") throw new ConfigMissing(path, remedy, { cause: error });
    const reason = codeOf(error) === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not UTF-8 text" : reasonOf(error);
    throw new ConfigUnreadable(path, reason, { cause: error });
  }
}
