import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { boardTargets } from "../../../host/build/board-targets.ts";
import { checkNativePart, neededGlibc } from "../../../host/build/check-native-part.ts";
import { elfFile } from "./elf-file.ts";

const glibc = "\0libc.so.6\0";
const armv7 = boardTargets["linux-armv7"];
const modules = fileURLToPath(new URL("../../../node_modules/", import.meta.url));

for (const target of Object.values(boardTargets)) {
  test(`the prebuilt parts for ${target.name} are there and are for it, and those for others are not`, (t) => {
    for (const [name, file] of Object.entries(target.prebuilt))
      t.notThrows(() => checkNativePart(name, readFileSync(path.join(modules, name, file)), target));
    for (const other of Object.values(boardTargets).filter(({ name }) => name !== target.name)) {
      for (const [name, file] of Object.entries(other.prebuilt)) {
        t.throws(() => checkNativePart(name, readFileSync(path.join(modules, name, file)), target), {
          code: "EDGE_NATIVE_PART_WRONG",
          message: new RegExp(`^${name} is no native part for ${target.name}: `),
        });
      }
    }
  });
}

test("a part for soft-float ARM is refused where the target has hard-float", (t) => {
  const soft = elfFile({ bits: 32, machine: 40, flags: 0x5000200, text: glibc });
  t.throws(() => checkNativePart("x.node", soft, armv7), { message: /integer registers; the hard-float ABI is expected/ });
  t.notThrows(() => checkNativePart("x.node", elfFile({ bits: 32, machine: 40, flags: 0x5000400, text: glibc }), armv7));
});

test("a part for another C library, a wrong byte order and a text are refused", (t) => {
  const musl = elfFile({ bits: 32, machine: 40, flags: 0x5000400, text: "\0libc.musl-armv7.so.1\0" });
  t.throws(() => checkNativePart("x.node", musl, armv7), { message: /linked to libc\.(so|musl[^;]*); glibc/ });
  const big = elfFile({ bits: 32, machine: 40, flags: 0x5000400, littleEndian: false, text: glibc });
  t.throws(() => checkNativePart("x.node", big, armv7), { message: /32-bit big-endian/ });
  t.throws(() => checkNativePart("x.node", Buffer.from("no such thing"), armv7), { message: /not an ELF file/ });
});

test("every musl binary that a package brings is refused", (t) => {
  const folder = path.join(modules, "@serialport", "bindings-cpp", "prebuilds", "linux-arm");
  const musl = readdirSync(folder).filter((file) => file.includes("musl"));
  t.true(musl.length > 0);
  for (const file of musl)
    t.throws(() => checkNativePart(file, readFileSync(path.join(folder, file)), armv7), {
      message: /linked to libc\.(so|musl[^;]*); glibc/,
    });
});

test("the newest C library that a part asks for is found by number, not by letter", (t) => {
  const text = "\0memcpy\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.3.4\0GLIBCXX_3.4.30\0GLIBC_2.28\0";
  t.deepEqual(neededGlibc(elfFile({ bits: 64, machine: 62, text })), [2, 34]);
  t.deepEqual(neededGlibc(elfFile({ bits: 64, machine: 62 })), [0, 0]);
});
