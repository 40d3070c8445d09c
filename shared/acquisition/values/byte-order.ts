import type { ByteOrder } from "../point-config.ts";

/*
 * A value of n registers has bytes A, B, C, … of which A is the most significant. ABCD sends them in that order; CDAB sends the registers in reverse,
 * each high byte first; BADC sends the registers in order, each low byte first; DCBA sends everything in reverse. So ABCDEFGH becomes GHEFCDAB,
 * BADCFEHG and HGFEDCBA. In a single register CDAB is ABCD, and BADC and DCBA swap its two bytes.
 */

/** True where a value's registers come in reverse. */
export function swapsWords(order: ByteOrder): boolean {
  return order === "CDAB" || order === "DCBA";
}

/** True where each register comes low byte first. */
export function swapsBytes(order: ByteOrder): boolean {
  return order === "BADC" || order === "DCBA";
}

/** Reads some bits of register bytes at a byte offset. */
export type ReadBits = (bytes: Uint8Array, at: number) => number;

/** A reader of one register, 0 to 65535. */
export function wordReader(order: ByteOrder): ReadBits {
  return swapsBytes(order)
    ? (bytes, at) => ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0)
    : (bytes, at) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** A reader of two registers as a signed 32-bit integer; `>>> 0` makes it unsigned. */
export function longReader(order: ByteOrder): ReadBits {
  const a = (swapsWords(order) ? 2 : 0) + (swapsBytes(order) ? 1 : 0);
  const b = a ^ 1;
  const c = a ^ 2;
  const d = a ^ 3;
  return (bytes, at) => ((bytes[at + a] ?? 0) << 24) | ((bytes[at + b] ?? 0) << 16) | ((bytes[at + c] ?? 0) << 8) | (bytes[at + d] ?? 0);
}

/** Byte offsets of the more and the less significant half of four registers; `longReader` reads each half. */
export function halves(order: ByteOrder): { readonly high: number; readonly low: number } {
  return swapsWords(order) ? { high: 4, low: 0 } : { high: 0, low: 4 };
}

/** Puts `size` bytes, most significant first, into register bytes at `at`. @param size even */
export function placeBytes(order: ByteOrder, big: Uint8Array, target: Uint8Array, at: number, size: number): void {
  const reversed = swapsWords(order);
  const flip = swapsBytes(order) ? 1 : 0;
  for (let i = 0; i < size; i++) {
    const word = i & ~1;
    target[at + (reversed ? size - 2 - word : word) + ((i & 1) ^ flip)] = big[i] ?? 0;
  }
}
