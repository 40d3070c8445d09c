/**
 * CRC-8 with polynomial x⁸+x⁵+x⁴+1 (0x31), begun with 0xFF, not reflected: the check byte of Sensirion's chips.
 * @see Sensirion SHT3x-DIS datasheet §4.12
 */
export function crc8(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0xff;
  for (let i = from; i < to; i++) {
    crc ^= bytes[i] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80) === 0 ? crc << 1 : ((crc << 1) ^ 0x31) & 0xff;
  }
  return crc;
}
