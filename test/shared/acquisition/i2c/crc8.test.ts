import test from "ava";
import fc from "fast-check";
import { crc8 } from "../../../../shared/acquisition/i2c/crc8.ts";

test("0xBEEF has the check byte 0x92 of SHT3x datasheet §4.12", (t) => {
  t.is(crc8(Uint8Array.of(0xbe, 0xef)), 0x92);
});

test("nothing has the initial value, and a part of a message is checked alone", (t) => {
  t.is(crc8(new Uint8Array(0)), 0xff);
  t.is(crc8(Uint8Array.of(1, 0xbe, 0xef, 2), 1, 3), 0x92);
});

test("a message that carries its own check byte has the check 0, and a flipped bit is found", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat(), (body, at) => {
        const message = Uint8Array.of(...body, crc8(body));
        if (crc8(message) !== 0) return false;
        const bit = at % (message.length * 8);
        message[bit >> 3] = (message[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return crc8(message) !== 0;
      }),
    ),
  );
});
