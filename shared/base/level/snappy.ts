import { readVarint } from "./level-varint.ts";

/**
 * Unpacks a raw Snappy block; `undefined` where it is none.
 * @param most larger results are refused
 * @see Snappy compressed format description, 2011-10-05
 */
export function unpackSnappy(packed: Uint8Array, most: number): Uint8Array | undefined {
  const head = readVarint(packed, 0);
  if (head === undefined || head.value > most) return undefined;
  const unpacked = new Uint8Array(head.value);
  let at = head.next;
  let to = 0;
  while (at < packed.length) {
    const tag = packed[at++] ?? 0;
    const kind = tag & 3;
    let length = (tag >> 2) + 1;
    if (kind === 0) {
      // Lengths above 60 stand in the next one to four bytes.
      const more = length - 60;
      if (more > 0) {
        length = littleEndian(packed, at, more) + 1;
        at += more;
      }
      if (at + length > packed.length || to + length > unpacked.length) return undefined;
      unpacked.set(packed.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    const size = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const low = littleEndian(packed, at, size);
    at += size;
    const distance = kind === 1 ? ((tag >> 5) << 8) | low : low;
    if (kind === 1) length = ((tag >> 2) & 7) + 4;
    if (distance === 0 || distance > to || to + length > unpacked.length) return undefined;
    // Byte by byte, since a copy may reach into what it writes.
    for (const end = to + length; to < end; to++) unpacked[to] = unpacked[to - distance] ?? 0;
  }
  return to === unpacked.length ? unpacked : undefined;
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}
