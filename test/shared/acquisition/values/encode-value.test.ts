import test from "ava";
import fc from "fast-check";
import type { ValueLayout } from "../../../../shared/acquisition/point-config.ts";
import type { PointValue } from "../../../../shared/acquisition/sample.ts";
import { applyMask } from "../../../../shared/acquisition/values/register-mask.ts";
import { compileValue } from "../../../../shared/acquisition/values/value-codec.ts";
import { ValueOutOfRange, ValueTypeMismatch, ValueUnwritable } from "../../../../shared/acquisition/values/value-errors.ts";
import { isWritable } from "../../../../shared/acquisition/values/value-type.ts";
import { anyLayout } from "../arbitrary-layout.ts";
import { hex } from "../arbitrary-modbus.ts";

const holding = (rest: Partial<ValueLayout> = {}): ValueLayout => ({ area: "holding", address: 0, ...rest });
const described = ({ area: _area, address: _address, ...rest }: ValueLayout) => JSON.stringify(rest);

const encodes = test.macro({
  exec(t, layout: ValueLayout, value: PointValue, bytes: string) {
    t.deepEqual(compileValue(layout).encode(value), hex(bytes));
  },
  title: (_given, layout: ValueLayout, value: PointValue, bytes: string) =>
    `${typeof value} ${String(value)} in ${described(layout)} is [${bytes}]`,
});

test(encodes, holding(), 65_535, "ffff");
test(encodes, holding({ type: "int16" }), -1, "ffff");
test(encodes, holding({ type: "int16" }), 2.5, "0003");
test(encodes, holding({ type: "int16", scale: 0.1 }), 23.46, "00eb");
test(encodes, holding({ type: "int16", scale: -0.1, offset: 10 }), 10.3, "fffd");
test(encodes, holding({ type: "uint32" }), 4_294_967_295n, "ffffffff");
test(encodes, holding({ type: "uint64" }), 2n ** 64n - 1n, "ffffffffffffffff");
test(encodes, holding({ type: "uint64" }), "18446744073709551615", "ffffffffffffffff");
test(encodes, holding({ type: "int64", order: "DCBA" }), "-2", "feffffffffffffff");
test(encodes, holding({ type: "int64", scale: 0.5 }), -1, "fffffffffffffffe");
test(encodes, holding({ type: "float16" }), 65_519.99, "7bff");
test(encodes, holding({ type: "float32" }), 1.5, "3fc00000");
test(encodes, holding({ type: "float32" }), 2n, "40000000");
test(encodes, holding({ type: "float64", scale: 0.1 }), 0.3, "4008000000000000");
test(encodes, holding({ type: "bcd16" }), 9999, "9999");
test(encodes, holding({ type: "bcd32", order: "CDAB", scale: 0.01 }), 123_456.78, "56781234");
test(encodes, holding({ type: "string", length: 5 }), "AB", "414200000000");
test(encodes, holding({ type: "string", length: 3, order: "BADC" }), "ABC", "42410043");
test(encodes, holding({ type: "string", length: 4 }), "2°C", "32c2b043");
test(encodes, holding({ names: { "0": "off", "2": "auto", "3": "auto" } }), "auto", "0002");
test(encodes, holding({ names: { "0": "off" } }), 7, "0007");
test(encodes, holding({ type: "int16", names: { "-1": "none" }, scale: 0.1 }), "none", "ffff");
test(encodes, holding({ count: 2 }), [1, 2], "00010002");
test(encodes, { area: "coil", address: 0 }, true, "01");
test(encodes, { area: "coil", address: 0, names: { "0": "closed", "1": "open" } }, "open", "01");
test(encodes, { area: "coil", address: 0, names: { "0": "closed", "1": "open" } }, false, "00");
test(encodes, { area: "coil", address: 0, count: 10 }, [true, false, true, true, false, false, true, true, true, false], "cd01");

const refuses = test.macro({
  exec(t, layout: ValueLayout, value: PointValue, code: string, message: string) {
    const codec = compileValue(layout);
    const error = t.throws(() => (codec.mask ?? codec.encode)(value));
    t.like(error, { code, message });
  },
  title: (_given, layout: ValueLayout, _value: PointValue, _code: string, message: string) => `${described(layout)}: ${message}`,
});

const range = "EDGE_VALUE_RANGE";
const kind = "EDGE_VALUE_TYPE";
test(refuses, holding(), 65_536, range, "value 65536 is out of range: expected uint16, 0 to 65535");
test(refuses, holding(), -1, range, "value -1 is out of range: expected uint16, 0 to 65535");
test(refuses, holding(), Number.NaN, range, "value NaN is out of range: expected uint16, 0 to 65535");
test(refuses, holding(), Number.NEGATIVE_INFINITY, range, "value -Infinity is out of range: expected uint16, 0 to 65535");
test(refuses, holding(), 10n ** 30n, range, "value 1000000000000000000000000000000 is out of range: expected uint16, 0 to 65535");
test(refuses, holding({ type: "int8" }), 128, range, "value 128 is out of range: expected int8, -128 to 127");
test(refuses, holding({ type: "bcd16" }), 10_000, range, "value 10000 is out of range: expected bcd16, 0 to 9999");
test(refuses, holding({ type: "bcd32" }), -1, range, "value -1 is out of range: expected bcd32, 0 to 99999999");
test(
  refuses,
  holding({ type: "int16", scale: 0.1 }),
  3276.75,
  range,
  "value 3276.75 is out of range: expected scaled int16, -3276.8 to 3276.7",
);
test(refuses, holding({ scale: -1 }), 1, range, "value 1 is out of range: expected scaled uint16, -65535 to 0");
test(
  refuses,
  holding({ type: "uint64" }),
  2 ** 64,
  range,
  "value 18446744073709552000 is out of range: expected uint64, 0 to 18446744073709551615",
);
test(
  refuses,
  holding({ type: "int64" }),
  "9223372036854775808",
  range,
  'value "9223372036854775808" is out of range: expected int64, -9223372036854775808 to 9223372036854775807',
);
test(refuses, holding({ type: "float16" }), 65_520, range, "value 65520 is out of range: expected a finite number that fits float16");
test(refuses, holding({ type: "float32" }), -3.5e38, range, "value -3.5e+38 is out of range: expected a finite number that fits float32");
test(refuses, holding({ type: "float64" }), Number.NaN, range, "value NaN is out of range: expected a finite number that fits float64");
test(
  refuses,
  holding({ type: "string", length: 4 }),
  "2,5°C",
  range,
  'value "2,5°C" is out of range: expected at most 4 bytes of text, not 6',
);
test(refuses, holding({ names: { "0": "off" } }), "on", range, 'value "on" is out of range: expected uint16, 0 to 65535 or one of off');
test(
  refuses,
  { area: "coil", address: 0, names: { "1": "open" } },
  "shut",
  range,
  'value "shut" is out of range: expected true or false or one of open',
);
test(refuses, holding(), true, kind, "value true is of the wrong kind: expected a number");
test(refuses, holding(), "12", kind, 'value "12" is of the wrong kind: expected a number');
test(refuses, holding({ type: "uint64", scale: 2 }), "12", kind, 'value "12" is of the wrong kind: expected a number');
test(refuses, holding({ type: "uint64" }), "1.5", kind, 'value "1.5" is of the wrong kind: expected a number');
test(refuses, holding({ type: "uint64" }), "1".repeat(200), kind, `value "${"1".repeat(59)}… is of the wrong kind: expected a number`);
test(refuses, holding({ type: "float32" }), "1.5", kind, 'value "1.5" is of the wrong kind: expected a number');
test(refuses, holding({ type: "string", length: 4 }), 5, kind, "value 5 is of the wrong kind: expected text");
test(refuses, holding({ type: "bool", bit: 1 }), 1, kind, "value 1 is of the wrong kind: expected true or false");
test(refuses, { area: "coil", address: 0 }, "true", kind, 'value "true" is of the wrong kind: expected true or false');
test(refuses, holding({ count: 2 }), [1], kind, "value [1] is of the wrong kind: expected a list of 2 values");
test(refuses, holding({ count: 2 }), 1, kind, "value 1 is of the wrong kind: expected a list of 2 values");
test(refuses, holding(), [1], kind, "value [1] is of the wrong kind: expected a number");

const masks = test.macro({
  exec(t, layout: ValueLayout, value: PointValue, and: number, or: number) {
    t.deepEqual(compileValue(layout).mask?.(value), { and, or });
  },
  title: (_given, layout: ValueLayout, value: PointValue) => `${String(value)} in ${described(layout)} is a masked write`,
});

test(masks, holding({ type: "bool", bit: 0 }), true, 0xfffe, 0x0001);
test(masks, holding({ type: "bool", bit: 15 }), true, 0x7fff, 0x8000);
test(masks, holding({ type: "bool", bit: 15 }), false, 0x7fff, 0);
test(masks, holding({ type: "bool", bit: 9, order: "BADC" }), true, 0xfffd, 0x0002);
test(masks, holding({ type: "bool", bit: 4, count: 3 }), [true, false, true], 0xff8f, 0x0050);
test(masks, holding({ type: "bool", bit: 2, names: { "1": "alarm" } }), "alarm", 0xfffb, 0x0004);
test(masks, holding({ type: "uint8", byte: "high" }), 0x12, 0x00ff, 0x1200);
test(masks, holding({ type: "uint8" }), 0x12, 0xff00, 0x0012);
test(masks, holding({ type: "int8", byte: "low" }), -1, 0xff00, 0x00ff);
test(masks, holding({ type: "int8", byte: "high", order: "DCBA", scale: 0.5 }), -1, 0xff00, 0x00fe);

test("what shares its register is not written as a whole register", (t) => {
  for (const layout of [holding({ type: "bool", bit: 1 }), holding({ type: "uint8" }), holding({ type: "int8", count: 2 })])
    t.throws(() => compileValue(layout).encode(1), { instanceOf: ValueUnwritable });
  t.is(compileValue(holding({ type: "uint8", count: 2 })).mask, undefined);
  t.is(compileValue(holding({ type: "bool", bit: 15, count: 2 })).mask, undefined);
  t.is(compileValue(holding()).mask, undefined);
});

/** A value that the bytes of a layout stand for, when they are one, written and read again. */
function again(layout: ValueLayout, value: PointValue): PointValue | undefined {
  const codec = compileValue(layout);
  if (codec.mask === undefined) return codec.decode(codec.encode(value), 0);
  const register = applyMask(0x5a5a, codec.mask(value));
  return codec.decode(Uint8Array.of(register >> 8, register & 0xff), 0);
}

test("every value that a device can show can be written and reads back the same", (t) => {
  let values = 0;
  fc.assert(
    fc.property(anyLayout, fc.uint8Array({ minLength: 160, maxLength: 160 }), (layout, bytes) => {
      if (!isWritable(layout)) return;
      const value = compileValue(layout).decode(bytes, 0);
      // Text that is latin-1 grows when it is written as UTF-8; scaled 64 bits have more digits than a number.
      const scaled = layout.scale !== undefined || layout.offset !== undefined;
      if (value === undefined || layout.type === "string") return;
      values++;
      if (scaled && (layout.type === "uint64" || layout.type === "int64" || layout.type?.startsWith("float"))) near(value, layout);
      else t.deepEqual(again(layout, value), value);
    }),
    { numRuns: 2000, seed: 20_260_103 },
  );
  t.true(values > 1000, `${values} values`);

  function near(value: PointValue, layout: ValueLayout): void {
    let back: PointValue | undefined;
    try {
      back = again(layout, value);
    } catch (error) {
      // The largest raw value, scaled and rounded, may lie just beyond.
      if (error instanceof ValueOutOfRange) return;
      throw error;
    }
    const [before, after] = [value, back].map((one) => (typeof one === "object" ? one : [one]).map((element) => Number(element)));
    const step = Math.abs(layout.scale ?? 1);
    for (const [i, a] of (before ?? []).entries()) {
      const b = after?.[i] ?? Number.NaN;
      t.true(Math.abs(a - b) <= Math.abs(a) * 2e-3 + step * 1e-3, `${a} came back as ${b}`);
    }
  }
});

test("any text that fits comes back, without the NULs and spaces at its end", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 8 }), fc.constantFrom("ABCD", "BADC"), (text, order) => {
      const codec = compileValue(holding({ type: "string", length: 246, order }));
      t.is(codec.decode(codec.encode(text), 0), text.replace(/[\0 ]+$/, ""));
    }),
  );
  t.pass();
});

const anyValue: fc.Arbitrary<PointValue> = fc.oneof(
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.string({ maxLength: 30 }),
  fc.constantFrom("off", "alarm", "-1", "99"),
  fc.array(fc.integer(), { maxLength: 4 }),
);
/** A layout and a value, mostly as many values as the layout wants. */
const layoutAndValue = anyLayout.chain((layout) => {
  const { count } = layout;
  const several = count === undefined ? anyValue : fc.array(fc.integer({ min: -10, max: 300 }), { minLength: count, maxLength: count });
  return fc.oneof(anyValue, several).map((value) => ({ layout, value }));
});

test("any value is written as a whole span, or refused as out of range or of the wrong kind", (t) => {
  const seen = { written: 0, range: 0, kind: 0 };
  fc.assert(
    fc.property(layoutAndValue, ({ layout, value }) => {
      if (!isWritable(layout)) return true;
      const codec = compileValue(layout);
      try {
        const made = codec.mask === undefined ? codec.encode(value) : codec.mask(value);
        seen.written++;
        if (!(made instanceof Uint8Array)) return (made.or & made.and) === 0 && made.or <= 0xffff && made.and <= 0xffff;
        return made.length === (layout.area === "coil" || layout.area === "discrete" ? (codec.span + 7) >> 3 : codec.span * 2);
      } catch (error) {
        if (error instanceof ValueOutOfRange) seen.range++;
        else if (error instanceof ValueTypeMismatch) seen.kind++;
        else throw error;
        return true;
      }
    }),
    { numRuns: 3000, seed: 20_260_104 },
  );
  t.true(seen.written > 200 && seen.range > 100 && seen.kind > 500, JSON.stringify(seen));
});
