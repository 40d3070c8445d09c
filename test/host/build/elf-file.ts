export interface ElfShape {
  readonly bits: 32 | 64;
  readonly machine: number;
  readonly littleEndian?: boolean;
  readonly flags?: number;
  /** Put behind the head. */
  readonly text?: string;
}

/** The head of an ELF file, as a linker writes it. System V ABI, chapter 4. */
export function elfFile({ bits, machine, littleEndian = true, flags = 0, text = "" }: ElfShape): Uint8Array {
  const bytes = new Uint8Array(64 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x7f454c46);
  view.setUint8(4, bits === 32 ? 1 : 2);
  view.setUint8(5, littleEndian ? 1 : 2);
  view.setUint16(16, 3, littleEndian);
  view.setUint16(18, machine, littleEndian);
  view.setUint32(bits === 32 ? 36 : 48, flags, littleEndian);
  bytes.set(Buffer.from(text, "latin1"), 64);
  return bytes;
}
