import test from "ava";
import fc from "fast-check";
import type { ByteOrder, ValueLayout, ValueType } from "../../../../shared/acquisition/point-config.ts";
import type { PointValue } from "../../../../shared/acquisition/sample.ts";
import { compileValue } from "../../../../shared/acquisition/values/value-codec.ts";
import { anyLayout } from "../arbitrary-layout.ts";
import { hex } from "../arbitrary-modbus.ts";

const holding = (rest: Partial<ValueLayout> = {}): ValueLayout => ({ area: "holding", address: 0, ...rest });

/** The bytes of `0x0102…` values in each order, as they come in the registers. */
const orders: Readonly<Record<ByteOrder, readonly [word: string, long: string, wide: string]>> = {
  ABCD: ["0102", "01020304", "0102030405060708"],
  CDAB: ["0102", "03040102", "0708050603040102"],
  BADC: ["0201", "02010403", "0201040306050807"],
  DCBA: ["0201", "04030201", "0807060504030201"],
};
const orderedTypes: readonly (readonly [ValueType, 0 | 1 | 2, PointValue])[] = [
  ["uint16", 0, 0x0102],
  ["int16", 0, 0x0102],
  ["float16", 0, 258 * 2 ** -24],
  ["bcd16", 0, 102],
  ["uint32", 1, 0x01020304],
  ["int32", 1, 0x01020304],
  ["float32", 1, 2.387939260590663e-38],
  ["bcd32", 1, 1_020_304],
  ["uint64", 2, 0x0102030405060708n],
  ["int64", 2, 0x0102030405060708n],
  ["float64", 2, 8.20788039913184e-304],
];

for (const order of ["ABCD", "CDAB", "BADC", "DCBA"] as const) {
  for (const [type, size, value] of orderedTypes) {
    test(`${type} in order ${order}`, (t) => {
      const codec = compileValue(holding({ type, order }));
      const bytes = hex(orders[order][size]);
      t.is(codec.span * 2, bytes.length);
      t.is(codec.decode(bytes, 0), value);
      t.is(codec.decode(Uint8Array.of(0xff, 0xff, ...bytes, 0xff), 2), value);
      t.deepEqual(codec.encode(value), bytes);
    });
  }
}

const decodes = test.macro({
  exec(t, layout: ValueLayout, bytes: string, value: PointValue | undefined) {
    t.deepEqual(compileValue(layout).decode(hex(bytes), 0), value);
  },
  title: (_given, layout: ValueLayout, bytes: string, value: PointValue | undefined) => {
    const { area, address: _address, ...rest } = layout;
    return `${area} ${JSON.stringify(rest)} of [${bytes}] is ${typeof value === "bigint" ? value : JSON.stringify(value)}`;
  },
});

test(decodes, holding(), "ffff", 65_535);
test(decodes, { area: "input", address: 0 }, "000a", 10);
test(decodes, holding({ type: "int16" }), "8000", -32_768);
test(decodes, holding({ type: "uint8" }), "1280", 0x80);
test(decodes, holding({ type: "uint8", byte: "high" }), "8012", 0x80);
test(decodes, holding({ type: "int8", byte: "low" }), "12ff", -1);
test(decodes, holding({ type: "int8", byte: "high" }), "8012", -128);
test(decodes, holding({ type: "uint8", byte: "high", order: "BADC" }), "1280", 0x80);
test(decodes, holding({ type: "uint8", byte: "low", order: "DCBA" }), "8012", 0x80);
test(decodes, holding({ type: "uint32" }), "ffffffff", 4_294_967_295);
test(decodes, holding({ type: "int32" }), "fffffffe", -2);
test(decodes, holding({ type: "uint64" }), "001fffffffffffff", Number.MAX_SAFE_INTEGER);
test(decodes, holding({ type: "uint64" }), "0020000000000000", 2n ** 53n);
test(decodes, holding({ type: "uint64" }), "ffffffffffffffff", 2n ** 64n - 1n);
test(decodes, holding({ type: "int64" }), "ffffffffffffffff", -1);
test(decodes, holding({ type: "int64" }), "ffe0000000000001", Number.MIN_SAFE_INTEGER);
test(decodes, holding({ type: "int64" }), "ffe0000000000000", -(2n ** 53n));
test(decodes, holding({ type: "int64" }), "8000000000000000", -(2n ** 63n));
test(decodes, holding({ type: "uint64", scale: 0.001 }), "00000000000004d2", 1.234);
test(decodes, holding({ type: "float16" }), "0001", 2 ** -24);
test(decodes, holding({ type: "float16" }), "7c00", undefined);
test(decodes, holding({ type: "float16" }), "7e00", undefined);
test(decodes, holding({ type: "float32" }), "3fc00000", 1.5);
test(decodes, holding({ type: "float32" }), "00000001", 2 ** -149);
test(decodes, holding({ type: "float32" }), "7fc00000", undefined);
test(decodes, holding({ type: "float32" }), "7f800000", undefined);
test(decodes, holding({ type: "float32" }), "ff800000", undefined);
test(decodes, holding({ type: "float32", scale: 0.1 }), "41bc0000", 2.35);
test(decodes, holding({ type: "float64" }), "3ff8000000000000", 1.5);
test(decodes, holding({ type: "float64" }), "7ff8000000000000", undefined);
test(decodes, holding({ type: "float64" }), "fff0000000000000", undefined);
test(decodes, holding({ type: "bcd16" }), "9999", 9999);
test(decodes, holding({ type: "bcd16" }), "99a9", undefined);
test(decodes, holding({ type: "bcd16", scale: 0.1 }), "0a00", undefined);
test(decodes, holding({ type: "bcd32" }), "98765432", 98_765_432);
test(decodes, holding({ type: "bcd32" }), "9876543f", undefined);
test(decodes, holding({ scale: 0.1 }), "00eb", 23.5);
test(decodes, holding({ type: "int16", scale: 0.01, offset: 100 }), "ffff", 99.99);
test(decodes, holding({ type: "bool", bit: 0 }), "0001", true);
test(decodes, holding({ type: "bool", bit: 0 }), "fffe", false);
test(decodes, holding({ type: "bool", bit: 15 }), "8000", true);
test(decodes, holding({ type: "bool", bit: 9, order: "BADC" }), "0002", true);
test(decodes, holding({ type: "bool", bit: 14, count: 4 }), "8001 0002".replace(" ", ""), [false, true, false, true]);
test(decodes, { area: "coil", address: 0 }, "01", true);
test(decodes, { area: "coil", address: 0 }, "fe", false);
test(decodes, { area: "discrete", address: 0, count: 10 }, "cd01", [true, false, true, true, false, false, true, true, true, false]);
test(decodes, { area: "coil", address: 0, names: { "0": "closed", "1": "open" } }, "01", "open");
test(decodes, { area: "coil", address: 0, names: { "0": "closed" } }, "01", true);
test(decodes, holding({ type: "bool", bit: 4, names: { "0": "ok", "1": "alarm" } }), "0010", "alarm");
test(decodes, holding({ names: { "0": "off", "2": "auto" } }), "0002", "auto");
test(decodes, holding({ names: { "0": "off", "2": "auto" } }), "0003", 3);
test(decodes, holding({ type: "int16", names: { "-32768": "no sensor" }, scale: 0.1 }), "8000", "no sensor");
test(decodes, holding({ type: "int16", names: { "-32768": "no sensor" }, scale: 0.1 }), "00eb", 23.5);
test(decodes, holding({ type: "int64", names: { "-1": "none" } }), "ffffffffffffffff", "none");
test(decodes, holding({ type: "string", length: 4 }), "41424344", "ABCD");
test(decodes, holding({ type: "string", length: 3 }), "41424344", "ABC");
test(decodes, holding({ type: "string", length: 4, order: "BADC" }), "42414443", "ABCD");
test(decodes, holding({ type: "string", length: 3, order: "BADC" }), "42414443", "ABC");
test(decodes, holding({ type: "string", length: 8 }), "4142202000200000", "AB");
test(decodes, holding({ type: "string", length: 4 }), "00000000", "");
test(decodes, holding({ type: "string", length: 6 }), "200041420043", " \u0000AB\u0000C");
test(decodes, holding({ type: "string", length: 4 }), "32c2b043", "2°C");
test(decodes, holding({ type: "string", length: 4 }), "3220b043", "2 °C");
test(decodes, holding({ type: "string", length: 4, count: 2 }), "4142000043442020", ["AB", "CD"]);
test(decodes, holding({ type: "uint16", count: 3 }), "000100020003", [1, 2, 3]);
test(decodes, holding({ type: "float32", count: 2, order: "CDAB" }), "00003fc000004020", [1.5, 2.5]);
test(decodes, holding({ type: "float32", count: 2 }), "3fc000007fc00000", undefined);
test(decodes, holding({ type: "uint8", count: 2, byte: "high" }), "01ff02ff", [1, 2]);
test(decodes, holding(), "", undefined);
test(decodes, holding(), "12", undefined);
test(decodes, holding({ type: "float64" }), "3ff80000000000", undefined);
test(decodes, holding({ type: "uint64" }), "00000000000000", undefined);
test(decodes, holding({ type: "string", length: 3 }), "414243", undefined);
test(decodes, holding({ type: "string", length: 3, order: "BADC" }), "414243", undefined);
test(decodes, holding({ type: "bool", bit: 0 }), "00", undefined);
test(decodes, holding({ names: { "0": "off" } }), "00", undefined);
test(decodes, { area: "coil", address: 0, count: 9 }, "ff", undefined);

test("a coil is found at its bit in the reply", (t) => {
  const { decode } = compileValue({ area: "coil", address: 0 });
  const pdu = hex("01 03 cd6b05");
  t.deepEqual(
    Array.from({ length: 8 }, (_, i) => decode(pdu, 16 + i)),
    [true, false, true, true, false, false, true, true],
  );
  t.is(decode(pdu, 40), undefined);
});

/** True when a value is what its layout declares. */
function fits(layout: ValueLayout, value: PointValue): boolean {
  const { count, ...element } = layout;
  if (count !== undefined) return Array.isArray(value) && value.length === count && value.every((one: PointValue) => fits(element, one));
  if (typeof value === "string" && layout.names !== undefined) return Object.values(layout.names).includes(value);
  const type = layout.type ?? (layout.area === "coil" || layout.area === "discrete" ? "bool" : "uint16");
  if (type === "bool") return typeof value === "boolean";
  if (type === "string") return typeof value === "string" && value.length <= (layout.length ?? 0);
  if (typeof value === "bigint") return (type === "uint64" || type === "int64") && !Number.isSafeInteger(Number(value));
  return typeof value === "number" && Number.isFinite(value);
}

test("any bytes give a value of the declared type, or none", (t) => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 200, maxLength: 260 }));
  let values = 0;
  fc.assert(
    fc.property(anyLayout, bytes, fc.nat(20), (layout, data, offset) => {
      const value = compileValue(layout).decode(data, offset);
      if (value === undefined) return true;
      values++;
      return fits(layout, value);
    }),
    { numRuns: 3000, seed: 20_260_102 },
  );
  t.true(values > 1000, `${values} values`);
});

test("a float is rounded to the decimals of the layout, an integer of 64 bits keeps all its digits", (t) => {
  const float = compileValue({ area: "holding", address: 0, type: "float32", decimals: 3 });
  t.is(float.decode(Uint8Array.of(0x3f, 0xe6, 0x66, 0x66), 0), 1.8);
  const wide = compileValue({ area: "holding", address: 0, type: "uint64", decimals: 3 });
  t.is(wide.decode(new Uint8Array(8).fill(0xff), 0), 18_446_744_073_709_551_615n);
  const scaled = compileValue({ area: "holding", address: 0, type: "uint16", scale: 1 / 3, decimals: 2 });
  t.is(scaled.decode(Uint8Array.of(0, 100), 0), 33.33);
});
