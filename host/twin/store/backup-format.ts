import { crc32 } from "node:zlib";

/*
 * A backup is a row of frames: length and CRC-32 of what follows, four bytes each, big-endian, then that many bytes. The first frame holds the header as
 * JSON, the others entries: lengths of key and value, four bytes each, then both. A frame of length 0 ends the row; behind it stand the number of
 * entries, eight bytes, and SHA-256 over all bytes before.
 */

export const backupFormat = "penstock-backup";
export const backupVersion = 1;

/** Entries are gathered to frames of about so many bytes. */
export const frameSize = 256 * 1024;
/** A frame that claims to be longer is damaged. */
export const longestFrame = 64 * 1024 * 1024;
export const frameHead = 8;
/** Number of entries and SHA-256. */
export const trailerSize = 8 + 32;

export interface BackupHeader {
  readonly format: typeof backupFormat;
  readonly version: number;
  /** Layout of the store that it was made of. */
  readonly schema: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** What a backup holds. */
export interface BackupFacts {
  readonly entries: number;
  /** Length of the file. */
  readonly bytes: number;
  /** The digest at its end, hexadecimal. */
  readonly sha256: string;
}

export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** A body with its length and checksum before it. */
export function frameOf(body: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHead + body.length);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  frame.set(body, frameHead);
  return frame;
}

/** Entries as the body of a frame. @param size what {@link entrySize} says of all of them */
export function encodeEntries(entries: readonly Entry[], size: number): Uint8Array {
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [key, value] of entries) {
    at = body.writeUInt32BE(key.length, at);
    at = body.writeUInt32BE(value.length, at);
    body.set(key, at);
    at += key.length;
    body.set(value, at);
    at += value.length;
  }
  return body;
}

export const entrySize = ([key, value]: Entry): number => 8 + key.length + value.length;

/** The entries of a frame; `undefined` where its body is none. */
export function decodeEntries(body: Uint8Array): readonly Entry[] | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const entries: Entry[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + 8 > body.length) return undefined;
    const key = at + 8;
    const value = key + view.getUint32(at);
    const end = value + view.getUint32(at + 4);
    if (end > body.length) return undefined;
    entries.push([body.subarray(key, value), body.subarray(value, end)]);
    at = end;
  }
  return entries;
}
