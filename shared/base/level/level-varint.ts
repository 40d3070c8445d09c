/** Reads an unsigned base-128 number, least significant group first, up to 2^53−1; `undefined` where there is none. LevelDB util/coding. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  let weight = 1;
  for (let next = at; next < bytes.length && next < at + 10; next++) {
    const byte = bytes[next] ?? 0;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, next: next + 1 } : undefined;
    weight *= 128;
  }
  return undefined;
}

/** The checksum as LevelDB stores it: turned and shifted, so that a checksum over checksums stays one. LevelDB util/crc32c. */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
