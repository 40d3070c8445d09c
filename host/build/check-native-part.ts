import type { BoardTarget } from "./board-targets.ts";
import { NativePartWrong } from "./build-errors.ts";
import { readElfHeader } from "./elf-header.ts";

/**
 * Holds the head of a native part against its target: ELF class, machine, byte order, floating-point ABI, C library.
 * @throws {NativePartWrong}
 */
export function checkNativePart(file: string, bytes: Uint8Array, { name, elf }: Pick<BoardTarget, "name" | "elf">): void {
  const header = readElfHeader(bytes);
  const wrong = (reason: string): NativePartWrong => new NativePartWrong(file, name, reason);
  if (header === undefined) throw wrong("it is not an ELF file");
  if (header.bits !== elf.bits || !header.littleEndian)
    throw wrong(
      `it is a ${header.bits}-bit ${header.littleEndian ? "little" : "big"}-endian file; ${elf.bits} bits, little-endian are expected`,
    );
  if (header.machine !== elf.machine) throw wrong(`its machine is ${header.machine}; ${elf.machine} is expected`);
  if (elf.hardFloat && !header.hardFloat)
    throw wrong("it passes floating-point numbers in integer registers; the hard-float ABI is expected");
  const libc = /\0(libc\.(?!so\.6\0)(?:so|musl)[^\0]*)\0/.exec(textOf(bytes))?.[1];
  if (libc !== undefined) throw wrong(`it is linked to ${libc}; glibc (libc.so.6) is expected`);
}

/** The newest version of glibc that symbols of the file ask for, as `[2, 34]`; `[0, 0]` when there is none. */
export function neededGlibc(bytes: Uint8Array): readonly [number, number] {
  let newest: readonly [number, number] = [0, 0];
  for (const [, major, minor] of textOf(bytes).matchAll(/\0GLIBC_(\d+)\.(\d+)(?=[.\d]*\0)/g)) {
    const version = [Number(major), Number(minor)] as const;
    if (version[0] > newest[0] || (version[0] === newest[0] && version[1] > newest[1])) newest = version;
  }
  return newest;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
