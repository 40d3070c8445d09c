/** The bit at `index`, counted from the least significant bit of the first byte; past the end it is false. Modbus Application Protocol V1.1b3 §6.1. */
export function bitAt(packed: Uint8Array, index: number): boolean {
  return (((packed[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** Bits as they go on the wire: eight to a byte, the first in the least significant bit, the last byte filled with zeros. */
export function packBits(bits: readonly boolean[]): Uint8Array {
  const packed = new Uint8Array((bits.length + 7) >> 3);
  for (let i = 0; i < bits.length; i++) if (bits[i] === true) packed[i >> 3] = (packed[i >> 3] ?? 0) | (1 << (i & 7));
  return packed;
}

/** The first `count` bits of packed bytes. */
export function unpackBits(packed: Uint8Array, count: number): boolean[] {
  const bits: boolean[] = [];
  for (let i = 0; i < count; i++) bits.push(bitAt(packed, i));
  return bits;
}
