import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { isJsonObject } from "../../../shared/base/json.ts";
import { BackupInvalid } from "../../../shared/twin/store-errors.ts";
import { syncDirectory } from "../../platform/sync-directory.ts";
import {
  type BackupFacts,
  type BackupHeader,
  backupFormat,
  backupVersion,
  decodeEntries,
  type Entry,
  frameHead,
  longestFrame,
  trailerSize,
} from "./backup-format.ts";

/** Writes the pieces of a backup to a file, under another name until it is whole and on disk. What was there before is replaced. */
export async function writeBackup(file: string, pieces: AsyncGenerator<Uint8Array, BackupFacts, undefined>): Promise<BackupFacts> {
  const part = `${file}.part`;
  try {
    const facts = await writePieces(part, pieces);
    await rename(part, file);
    await syncDirectory(dirname(file));
    return facts;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function writePieces(part: string, pieces: AsyncGenerator<Uint8Array, BackupFacts, undefined>): Promise<BackupFacts> {
  await using handle = await open(part, "w", 0o600);
  try {
    for (;;) {
      const next = await pieces.next();
      if (next.done === true) {
        await handle.sync();
        return next.value;
      }
      await handle.writeFile(next.value);
    }
  } finally {
    await pieces.return({ entries: 0, bytes: 0, sha256: "" });
  }
}

/** What a whole backup says of itself. */
export type BackupReport = BackupFacts & Pick<BackupHeader, "createdAt" | "schema">;

/** Reads a whole backup and checks every byte of it. @throws {BackupInvalid} */
export async function verifyBackup(file: string): Promise<BackupReport> {
  return readBackup(file, () => Promise.resolve());
}

/**
 * Reads a backup, checking it on the way: only what it returns says that the file is whole.
 * @param take gets the entries of each frame, in the order of keys; they are gone when it resolves
 * @throws {BackupInvalid}
 */
export async function readBackup(
  file: string,
  take: (entries: readonly Entry[], header: BackupHeader) => Promise<void>,
): Promise<BackupReport> {
  await using handle = await open(file, "r");
  const { size } = await handle.stat();
  const digest = createHash("sha256");
  const broken = (why: string): BackupInvalid => new BackupInvalid(file, why);
  let at = 0;
  const read = async (length: number): Promise<Buffer> => {
    const bytes = await readExactly(handle, length, at);
    if (bytes === undefined) throw broken(`it ends at byte ${size}, before what it should hold`);
    at += length;
    return bytes;
  };
  const frame = async (): Promise<Buffer | undefined> => {
    const begin = at;
    const head = await read(frameHead);
    digest.update(head);
    const length = head.readUInt32BE(0);
    if (length === 0) return undefined;
    if (length > longestFrame || begin + length > size) throw broken(`the length at byte ${begin} makes no sense`);
    const body = await read(length);
    if (crc32(body) !== head.readUInt32BE(4)) throw broken(`bytes ${begin} to ${at} fail their checksum`);
    digest.update(body);
    return body;
  };

  if (size < frameHead + trailerSize) throw broken("it is too short");
  const header = headerOf(await frame());
  if (header === undefined) throw broken("it does not begin as one");
  if (header.version !== backupVersion) throw broken(`it has version ${header.version}; this Penstock reads version ${backupVersion}`);
  let entries = 0;
  for (let body = await frame(); body !== undefined; body = await frame()) {
    const some = decodeEntries(body);
    if (some === undefined) throw broken(`what is before byte ${at} makes no sense`);
    entries += some.length;
    await take(some, header);
  }
  const count = await read(8);
  digest.update(count);
  const sha256 = digest.digest("hex");
  const stated = await read(32);
  if (stated.toString("hex") !== sha256) throw broken("the digest at its end does not match");
  if (Number(count.readBigUInt64BE()) !== entries) throw broken(`it holds ${entries} entries, but says ${count.readBigUInt64BE()}`);
  if (at !== size) throw broken(`something follows its end at byte ${at}`);
  return { entries, bytes: size, sha256, createdAt: header.createdAt, schema: header.schema };
}

async function readExactly(handle: FileHandle, length: number, position: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return bytes;
}

function headerOf(body: Uint8Array | undefined): BackupHeader | undefined {
  if (body === undefined || body.length > 4096) return undefined;
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
  if (!isJsonObject(header)) return undefined;
  const { format, version, schema, createdAt } = header;
  if (format !== backupFormat || typeof version !== "number" || typeof schema !== "number" || typeof createdAt !== "number")
    return undefined;
  return { format, version, schema, createdAt };
}
