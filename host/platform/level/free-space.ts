import { statfs } from "node:fs/promises";
import { type Bytes, bytes } from "../../../shared/base/units.ts";

/** What may still be written to the file system of a directory. statvfs(3) */
export async function freeSpace(directory: string): Promise<Bytes> {
  const { bavail, bsize } = await statfs(directory);
  return bytes(bavail * bsize);
}
