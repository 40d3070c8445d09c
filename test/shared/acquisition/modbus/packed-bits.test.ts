import test from "ava";
import fc from "fast-check";
import { bitAt, packBits, unpackBits } from "../../../../shared/acquisition/modbus/packed-bits.ts";

test("the first bit is the least significant of the first byte", (t) => {
  // Modbus Application Protocol V1.1b3 §6.11: outputs 27–20 are 1100 1101, 29–28 are 01
  const bits = [true, false, true, true, false, false, true, true, true, false];
  t.deepEqual(packBits(bits), Uint8Array.of(0xcd, 0x01));
  t.deepEqual(unpackBits(Uint8Array.of(0xcd, 0x01), 10), bits);
  t.true(bitAt(Uint8Array.of(0, 0x80), 15));
  t.false(bitAt(Uint8Array.of(0xff), 8));
});

test("any bits survive packing", (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (bits) => void t.deepEqual(unpackBits(packBits(bits), bits.length), bits)),
  );
  t.pass();
});
