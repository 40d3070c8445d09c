import test from "ava";
import fc from "fast-check";
import { fromWords, toWords, wordCount } from "../../../../host/acquisition/simulator/register-words.ts";
import type { ByteOrder, ValueLayout } from "../../../../shared/acquisition/point-config.ts";

const layout = (rest: Omit<ValueLayout, "area" | "address">): ValueLayout => ({ area: "holding", address: 0, ...rest });

const words = test.macro({
  exec(t, given: Omit<ValueLayout, "area" | "address">, value: Parameters<typeof toWords>[1], expected: readonly number[]) {
    t.deepEqual(toWords(layout(given), value), expected);
    t.is(wordCount(layout(given)), expected.length);
  },
  title: (_given, given, value) => `${JSON.stringify(given)} holds ${String(value)}`,
});

// 1.5 is 0x3FC00000 in single and 0x3FF8000000000000 in double precision (IEEE 754).
test(words, { type: "float32" }, 1.5, [0x3fc0, 0x0000]);
test(words, { type: "float32", order: "CDAB" }, 1.5, [0x0000, 0x3fc0]);
test(words, { type: "float32", order: "BADC" }, 1.5, [0xc03f, 0x0000]);
test(words, { type: "float32", order: "DCBA" }, 1.5, [0x0000, 0xc03f]);
test(words, { type: "float64" }, 1.5, [0x3ff8, 0, 0, 0]);
test(words, { type: "uint32", order: "CDAB" }, 0x12345678, [0x5678, 0x1234]);
test(words, { type: "uint32", order: "DCBA" }, 0x12345678, [0x7856, 0x3412]);
test(words, { type: "uint64" }, 0x0123456789abcdefn, [0x0123, 0x4567, 0x89ab, 0xcdef]);
test(words, { type: "int16", scale: 0.1 }, -12.3, [0xff85]);
test(words, { type: "int16", scale: 0.1, count: 3 }, [1, -1, 2], [10, 0xfff6, 20]);
test(words, { type: "bcd16", scale: 0.01 }, 1.42, [0x0142]);
test(words, { type: "bool", bit: 3 }, true, [8]);
test(words, { type: "bool", bit: 9 }, true, [0x200]);
test(words, { type: "string", length: 6 }, "Pump", [0x5075, 0x6d70, 0]);

test("what an operator can write comes back as it was, in every byte order", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.constantFrom<ByteOrder>("ABCD", "CDAB", "BADC", "DCBA"),
        fc.float({ noNaN: true }),
        fc.integer({ min: -32_768, max: 32_767 }),
        (order, real, raw) => {
          const single = layout({ type: "float32", order });
          const scaled = layout({ type: "int16", scale: 0.001 });
          return Object.is(fromWords(single, toWords(single, real)), real) && fromWords(scaled, toWords(scaled, raw / 1000)) === raw / 1000;
        },
      ),
    ),
  );
});
