import test from "ava";
import fc from "fast-check";
import { FrameInvalid } from "../../../../shared/acquisition/modbus/modbus-errors.ts";
import { decodeRtu, encodeRtu } from "../../../../shared/acquisition/modbus/rtu-frame.ts";
import { hex } from "../arbitrary-modbus.ts";

test("a frame is unit, PDU and checksum, low byte first", (t) => {
  // Modbus over Serial Line V1.02 §2.5.1; the checksum of 02 07 is that of §6.2.2
  t.deepEqual(encodeRtu(0x02, hex("07")), hex("02 07 41 12"));
  t.deepEqual(decodeRtu(hex("02 07 41 12")), hex("07"));
  t.deepEqual(encodeRtu(0x01, hex("03 0000 000a")), hex("01 03 0000 000a c5cd"));
});

test("every PDU survives framing", (t) => {
  fc.assert(
    fc.property(fc.nat(255), fc.uint8Array({ minLength: 1, maxLength: 253 }), (unit, pdu) => {
      const adu = encodeRtu(unit, pdu);
      t.is(adu[0], unit);
      t.deepEqual(decodeRtu(adu), pdu);
    }),
  );
  t.pass();
});

test("one wrong bit anywhere is found", (t) => {
  const adu = encodeRtu(17, hex("03 006b 0003"));
  for (let bit = 0; bit < adu.length * 8; bit++) {
    const wrong = adu.with(bit >> 3, (adu[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
    t.throws(() => decodeRtu(wrong, { line: "bus" }), {
      instanceOf: FrameInvalid,
      message: /^line bus: not a Modbus frame: checksum \d+, expected \d+$/,
    });
  }
});

test("frames shorter than 4 or longer than 256 bytes are none", (t) => {
  t.throws(() => decodeRtu(hex("02 41 12")), { instanceOf: FrameInvalid, message: /3 bytes, expected 4 to 256/ });
  t.throws(() => decodeRtu(new Uint8Array(257)), { instanceOf: FrameInvalid });
  t.throws(() => encodeRtu(1, new Uint8Array(254)), { instanceOf: FrameInvalid });
  t.throws(() => encodeRtu(1, new Uint8Array(0)), { instanceOf: FrameInvalid });
  t.is(decodeRtu(encodeRtu(1, new Uint8Array(253))).length, 253);
});
