/** What the head of an ELF file says of the machine that it is for. System V ABI, chapter 4 (ELF header). */
export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_machine`. */
  readonly machine: number;
  /** Floating-point arguments travel in registers. ELF for the Arm Architecture, §5.2 (`EF_ARM_ABI_FLOAT_HARD`). */
  readonly hardFloat: boolean;
}

/** Values of `e_machine`. */
export const ElfMachine = { arm: 40, x64: 62, arm64: 183 } as const;

const hardFloatFlag = 0x400;

/** Reads the head of an ELF file. @returns `undefined` for bytes that are no ELF file */
export function readElfHeader(bytes: Uint8Array): ElfHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 52 || view.getUint32(0) !== 0x7f454c46) return undefined;
  const [fileClass, order] = [view.getUint8(4), view.getUint8(5)];
  if ((fileClass !== 1 && fileClass !== 2) || (order !== 1 && order !== 2)) return undefined;
  const littleEndian = order === 1;
  const flags = view.getUint32(fileClass === 1 ? 36 : 48, littleEndian);
  return {
    bits: fileClass === 1 ? 32 : 64,
    littleEndian,
    machine: view.getUint16(18, littleEndian),
    hardFloat: (flags & hardFloatFlag) !== 0,
  };
}
