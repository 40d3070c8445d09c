/** The CRC of every single byte, least significant bit first, polynomial 0xA001. */
const table = crcTable();

function crcTable(): Uint16Array {
  const entries = new Uint16Array(256);
  let crc = 1;
  for (let bit = 128; bit > 0; bit >>= 1) {
    crc = (crc >> 1) ^ ((crc & 1) * 0xa001);
    for (let i = 0; i < 256; i += 2 * bit) entries[i + bit] = crc ^ (entries[i] ?? 0);
  }
  return entries;
}

/**
 * The checksum of `bytes` from `start` up to `end`; it goes on the wire low byte first.
 * @see Modbus over Serial Line V1.02 §2.5.1.2 and §6.2.2
 */
export function crc16(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = 0xffff;
  for (let i = start; i < end; i++) crc = (crc >> 8) ^ (table[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return crc;
}
