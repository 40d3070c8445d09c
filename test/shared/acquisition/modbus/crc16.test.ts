import test from "ava";
import fc from "fast-check";
import { crc16 } from "../../../../shared/acquisition/modbus/crc16.ts";

const checksum = test.macro({
  exec(t, bytes: readonly number[], expected: number) {
    t.is(crc16(Uint8Array.from(bytes)), expected);
  },
  title: (_given, bytes) => `crc16 of [${bytes}]`,
});

// Modbus over Serial Line V1.02 §6.2.2, then the catalogue's check value for "123456789"
test(checksum, [0x02, 0x07], 0x1241);
test(checksum, [0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39], 0x4b37);
test(checksum, [0x01, 0x03, 0x00, 0x00, 0x00, 0x0a], 0xcdc5);
test(checksum, [], 0xffff);

/** The standard's bitwise procedure, §6.2.2. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

test("the table gives what shifting bit by bit gives", (t) => {
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (body) => crc16(body) === bitwise(body))));
});

test("a frame that carries its own crc sums to zero", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        const crc = crc16(body);
        return crc16(Uint8Array.of(...body, crc & 0xff, crc >> 8)) === 0;
      }),
    ),
  );
});

test("a start and an end pick the bytes that count", (t) => {
  t.is(crc16(Uint8Array.of(9, 9, 0x02, 0x07, 9), 2, 4), 0x1241);
  t.is(crc16(Uint8Array.of(9, 0x02, 0x07), 1), 0x1241);
});
