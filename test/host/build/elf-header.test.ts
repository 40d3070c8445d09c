import test from "ava";
import { ElfMachine, readElfHeader } from "../../../host/build/elf-header.ts";
import { elfFile } from "./elf-file.ts";

test("the head of a 64-bit and of a 32-bit file is read, in both byte orders", (t) => {
  t.deepEqual(readElfHeader(elfFile({ bits: 64, machine: ElfMachine.arm64 })), {
    bits: 64,
    littleEndian: true,
    machine: 183,
    hardFloat: false,
  });
  t.deepEqual(readElfHeader(elfFile({ bits: 32, machine: ElfMachine.arm, flags: 0x5000400 })), {
    bits: 32,
    littleEndian: true,
    machine: 40,
    hardFloat: true,
  });
  t.deepEqual(readElfHeader(elfFile({ bits: 32, machine: 8, littleEndian: false })), {
    bits: 32,
    littleEndian: false,
    machine: 8,
    hardFloat: false,
  });
});

test("what is no ELF file has no head", (t) => {
  t.is(readElfHeader(new Uint8Array(0)), undefined);
  t.is(readElfHeader(new Uint8Array(64)), undefined);
  t.is(readElfHeader(elfFile({ bits: 64, machine: 62 }).subarray(0, 40)), undefined);
  const odd = elfFile({ bits: 64, machine: 62 });
  odd[4] = 3;
  t.is(readElfHeader(odd), undefined);
});
