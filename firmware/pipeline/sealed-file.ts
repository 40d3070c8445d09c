import { crc32c } from "../../shared/base/crc32c.ts";
import { isJsonObject, type JsonObject } from "../../shared/base/json.ts";
import { decodeUtf8, encodeUtf8 } from "../../shared/base/utf8.ts";
import type { LogFs } from "./log-fs.ts";

/** Longer than any of these files ever is. */
const longest = 1 << 20;

/** JSON behind its own checksum, as in `1a2b3c4d {"term":7}`. */
function seal(content: JsonObject): Uint8Array {
  const json = encodeUtf8(JSON.stringify(content));
  return encodeUtf8(`${crc32c(json).toString(16).padStart(8, "0")} ${decodeUtf8(json)}`);
}

function unseal(bytes: Uint8Array): JsonObject | undefined {
  const text = decodeUtf8(bytes);
  if (text === undefined || text.length < 10 || text[8] !== " ") return undefined;
  if (crc32c(bytes, 9).toString(16).padStart(8, "0") !== text.slice(0, 8)) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(9));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a checksummed file says; `undefined` where there is none or where it is damaged. */
export async function readSealed(fs: LogFs, path: string): Promise<JsonObject | undefined> {
  try {
    return unseal(await fs.read(path, 0, longest));
  } catch {
    return undefined;
  }
}

/** Writes a checksummed file that can be made again from others: it is not brought to disk, and a torn one counts as missing. */
export async function writeSealed(fs: LogFs, path: string, content: JsonObject): Promise<void> {
  const file = await fs.create(path);
  try {
    await file.write(seal(content), 0);
  } finally {
    await file.close();
  }
}

/** Puts a file on disk whole or not at all: a temporary one is synced and takes its name. @param previous keeps the former file under this name */
export async function replaceFile(fs: LogFs, directory: string, name: string, bytes: Uint8Array, previous?: string): Promise<void> {
  const path = `${directory}/${name}`;
  const temporary = `${path}.tmp`;
  const file = await fs.create(temporary);
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  if (previous !== undefined && (await fs.list(directory)).some((entry) => entry.name === name)) {
    await fs.rename(path, `${directory}/${previous}`);
  }
  await fs.rename(temporary, path);
  await fs.syncDirectory(directory);
}

/** {@link replaceFile} with a checksummed content. */
export function replaceSealed(fs: LogFs, directory: string, name: string, content: JsonObject, previous?: string): Promise<void> {
  return replaceFile(fs, directory, name, seal(content), previous);
}
