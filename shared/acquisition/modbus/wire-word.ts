/** The big-endian 16-bit word at `at`. The caller has checked that it is there. */
export function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Puts a big-endian 16-bit word at `at`. */
export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >> 8;
  bytes[at + 1] = word;
}
