import test from "ava";
import fc from "fast-check";
import { unpackSnappy } from "../../../../shared/base/level/snappy.ts";

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1");
const bytes = (...parts: readonly (number | string)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Uint8Array.of(part) : Buffer.from(part, "latin1"))));

test("literals stand as they are, with lengths of one byte and of more", (t) => {
  t.is(text(unpackSnappy(bytes(5, 4 << 2, "hello"), 100)), "hello");
  const long = "x".repeat(300);
  t.is(text(unpackSnappy(bytes(0xac, 0x02, 61 << 2, 0x2b, 0x01, long), 1000)), long);
});

test("copies reach back one, two or four bytes of distance, and into themselves", (t) => {
  t.is(text(unpackSnappy(bytes(9, 0 << 2, "a", ((8 - 4) << 2) | 1, 1), 100)), "aaaaaaaaa");
  t.is(text(unpackSnappy(bytes(8, 3 << 2, "abcd", ((4 - 1) << 2) | 2, 4, 0), 100)), "abcdabcd");
  t.is(text(unpackSnappy(bytes(8, 3 << 2, "abcd", ((4 - 1) << 2) | 3, 2, 0, 0, 0), 100)), "abcdcdcd");
});

test("what is no Snappy block gives nothing, whatever it is", (t) => {
  t.is(unpackSnappy(bytes(200, 1), 100), undefined);
  t.is(unpackSnappy(bytes(4, 3 << 2, "ab"), 100), undefined);
  t.is(unpackSnappy(bytes(4, ((4 - 1) << 2) | 2, 1, 0), 100), undefined);
  t.notThrows(() =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (packed) => (unpackSnappy(packed, 4096)?.length ?? 0) <= 4096)),
  );
});
