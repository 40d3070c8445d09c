import test from "ava";
import fc from "fast-check";
import { decodeField, type RegisterField } from "../../../../../shared/acquisition/i2c/chips/register-field.ts";

const plain: RegisterField = { register: 0, length: 1, signed: false, order: "big", shift: 0, bits: 8 };

const decodes = test.macro({
  exec(t, bytes: readonly number[], field: Partial<RegisterField>, expected: number | bigint) {
    const length = field.length ?? bytes.length;
    t.is(decodeField(Uint8Array.from(bytes), 0, { ...plain, length, bits: length * 8 - (field.shift ?? 0), ...field }), expected);
  },
  title: (what = "") => `decodes ${what}`,
});

test("a byte", decodes, [0xfe], {}, 254);
test("a signed byte", decodes, [0xfe], { signed: true }, -2);
test("a word, high byte first", decodes, [0x12, 0x34], {}, 0x1234);
test("a word, low byte first", decodes, [0x12, 0x34], { order: "little" }, 0x3412);
test(
  "12 bits at the high end of a word, as TMP102 datasheet §6.5.2 has them: −25 °C",
  decodes,
  [0xe7, 0x00],
  { shift: 4, signed: true },
  -400,
);
test("bits in the middle", decodes, [0b0101_1000], { shift: 3, bits: 2 }, 3);
test("48 bits", decodes, [0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], {}, 2 ** 48 - 2);
test("64 bits beyond what a number holds", decodes, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], {}, 2n ** 64n - 2n);
test("64 signed bits that a number holds", decodes, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], { signed: true }, -2);

test("every field is what its bits say, whichever way it is worked out", (t) => {
  const field = fc.integer({ min: 1, max: 8 }).chain((length) =>
    fc.integer({ min: 0, max: length * 8 - 1 }).chain((shift) =>
      fc.record({
        register: fc.constant(0),
        length: fc.constant(length),
        signed: fc.boolean(),
        order: fc.constantFrom("big" as const, "little" as const),
        shift: fc.constant(shift),
        bits: fc.integer({ min: 1, max: length * 8 - shift }),
      }),
    ),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), fc.nat({ max: 2 }), field, (bytes, at, one) => {
        const own = [...bytes.subarray(at, at + one.length)];
        const text = (one.order === "big" ? own : own.reverse()).map((byte) => byte.toString(2).padStart(8, "0")).join("");
        const kept = text.slice(0, text.length - one.shift).slice(-one.bits);
        const value = BigInt(`0b${kept}`) - (one.signed && kept.startsWith("1") ? 1n << BigInt(one.bits) : 0n);
        t.is(BigInt(decodeField(bytes, at, one)), value);
      }),
    ),
  );
});
