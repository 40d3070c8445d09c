import { crc32c } from "../crc32c.ts";
import { maskCrc } from "./level-varint.ts";

const blockSize = 32_768;
const headerSize = 7;
const Fragment = { whole: 1, first: 2, middle: 3, last: 4 } as const;

/** What a log file holds, and what of it is damaged. */
export interface LevelLog {
  readonly records: readonly Uint8Array[];
  /** From where to where nothing can be read: to the end of a block. */
  readonly damaged: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Reads a LevelDB log (`.log`, `MANIFEST`) with all checksums. A record cut off at the end of the file is no damage: it was being written when
 * the process ended. LevelDB doc/log_format.
 */
export function readLevelLog(file: Uint8Array): LevelLog {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  const damaged: { start: number; end: number }[] = [];
  let parts: Uint8Array[] | undefined;
  for (let block = 0; block < file.length; block += blockSize) {
    const end = Math.min(block + blockSize, file.length);
    let at = block;
    while (at + headerSize <= end) {
      const length = view.getUint16(at + 4, true);
      const type = file[at + 6] ?? 0;
      if (type === 0 && length === 0 && view.getUint32(at, true) === 0 && isZero(file, at)) return { records, damaged };
      const next = at + headerSize + length;
      if (next > end && end === file.length && end < block + blockSize) return { records, damaged };
      if (next > end || maskCrc(crc32c(file, at + 6, next)) !== view.getUint32(at, true)) {
        damaged.push({ start: at, end });
        parts = undefined;
        break;
      }
      const data = file.subarray(at + headerSize, next);
      if (type === Fragment.whole) records.push(data);
      else if (type === Fragment.first) parts = [data];
      else parts?.push(data);
      if (type === Fragment.last && parts !== undefined) {
        records.push(joined(parts));
        parts = undefined;
      }
      at = next;
    }
  }
  return { records, damaged };
}

/** True when nothing but zeros follows: room that a file system gave and that was never written. */
function isZero(file: Uint8Array, from: number): boolean {
  for (let at = from; at < file.length; at++) if (file[at] !== 0) return false;
  return true;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
