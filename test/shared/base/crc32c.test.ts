import test from "ava";
import fc from "fast-check";
import { crc32c } from "../../../shared/base/crc32c.ts";

/** RFC 3720 appendix B.4, the checksums as numbers. */
for (const [name, bytes, expected] of [
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 rising", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ["32 falling", Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
] as const) {
  test(`the checksum of ${name} is that of RFC 3720 appendix B.4`, (t) => {
    t.is(crc32c(bytes), expected);
  });
}

test("the check value of CRC-32C is 0xe3069283", (t) => {
  t.is(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

test("a checksum goes on where another ended, at any place", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), (bytes, cut) => {
        const at = Math.min(cut, bytes.length);
        return crc32c(bytes, at, bytes.length, crc32c(bytes, 0, at)) === crc32c(bytes);
      }),
    ),
  );
});
