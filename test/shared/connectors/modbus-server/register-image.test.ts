import test from "ava";
import fc from "fast-check";
import type { RegisterArea, ValueType } from "../../../../shared/acquisition/point-config.ts";
import { type PointValue, Quality, type Sample } from "../../../../shared/acquisition/sample.ts";
import { compileValue } from "../../../../shared/acquisition/values/value-codec.ts";
import { instant } from "../../../../shared/base/units.ts";
import { RegisterImage } from "../../../../shared/connectors/modbus-server/register-image.ts";
import type { ResolvedRegister } from "../../../../shared/connectors/modbus-server/resolve-modbus-server.ts";

const sampleOf = (feature: string, value: PointValue | null, quality: Quality = Quality.good): Sample => ({
  thing: "a",
  feature,
  value,
  quality,
  source: instant(0),
  received: instant(0),
});

const at = (
  feature: string,
  area: RegisterArea,
  address: number,
  type: ValueType,
  more: Partial<ResolvedRegister> = {},
): ResolvedRegister => ({
  thing: "a",
  feature,
  area,
  layout: { area, address, type, ...(type !== "bool" && { order: "ABCD" as const }) },
  kind: type === "bool" || type === "string" ? type : "number",
  write: area === "coil" || area === "holding",
  ...more,
});

const imageOf = (...registers: readonly ResolvedRegister[]): RegisterImage => new RegisterImage({ registers, whenBad: "exception" });

const types = fc.constantFrom<ValueType>("uint16", "int16", "uint32", "int32", "float32", "float64", "bcd16", "bcd32");
const orders = fc.constantFrom("ABCD" as const, "CDAB" as const, "BADC" as const, "DCBA" as const);

test("what is read back is what was wanted, for every type and order, however values lie side by side", (t) => {
  const value = fc.record({ type: types, order: orders, value: fc.integer({ min: 0, max: 9999 }) });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        let address = 0;
        const registers = values.map(({ type, order }, index) => {
          const register = at(`f${index}`, "holding", address, type, { layout: { area: "holding", address, type, order } });
          address += compileValue(register.layout).span;
          return register;
        });
        const image = imageOf(...registers);
        image.accept(values.map(({ value: number }, index) => sampleOf(`f${index}`, number)));
        const data = image.read("holding", 0, address);
        if (typeof data === "number") return false;
        const wanted = image.write("holding", 0, address, data);
        return (
          typeof wanted !== "number" && wanted.every((one, index) => one.value === values[index]?.value && one.feature === `f${index}`)
        );
      }),
      { numRuns: 300 },
    ),
  );
});

test("coils keep their places in the bytes, whatever the range begins with", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.nat(30), (bits, first) => {
        const image = imageOf(...bits.map((_, index) => at(`f${index}`, "coil", first + index, "bool")));
        image.accept(bits.map((bit, index) => sampleOf(`f${index}`, bit)));
        const data = image.read("coil", first, bits.length);
        if (typeof data === "number") return false;
        const wanted = image.write("coil", first, bits.length, data);
        const seen = bits.map((_, index) => ((data[index >> 3] ?? 0) >> (index & 7)) & 1);
        return typeof wanted !== "number" && bits.every((bit, index) => wanted[index]?.value === bit && (seen[index] === 1) === bit);
      }),
      { numRuns: 200 },
    ),
  );
});

test("the same address of another area is another value", (t) => {
  const image = imageOf(at("in", "input", 7, "uint16"), at("hold", "holding", 7, "uint16"));
  image.accept([sampleOf("in", 1), sampleOf("hold", 2)]);
  t.deepEqual(image.read("input", 7, 1), Uint8Array.of(0, 1));
  t.deepEqual(image.read("holding", 7, 1), Uint8Array.of(0, 2));
  t.is(image.read("coil", 7, 1), 2);
});

test("an integer that came through JSON as text is a number in registers", (t) => {
  const image = imageOf(at("n", "input", 0, "uint64"), at("f", "input", 4, "float64"));
  image.accept([sampleOf("n", "9007199254740993"), sampleOf("f", "9007199254740992")]);
  t.deepEqual(image.read("input", 0, 4), Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 1));
  t.deepEqual(image.read("input", 4, 4), Uint8Array.of(0x43, 0x40, 0, 0, 0, 0, 0, 0));
});

test("a name is its raw number, read and written", (t) => {
  const names = { "0": "off", "2": "automatic" };
  const layout = { area: "holding", address: 0, type: "uint16", order: "ABCD", names } as const;
  const image = imageOf(at("mode", "holding", 0, "uint16", { layout }));
  image.accept([sampleOf("mode", "automatic")]);
  t.deepEqual(image.read("holding", 0, 1), Uint8Array.of(0, 2));
  const wanted = image.write("holding", 0, 1, Uint8Array.of(0, 0));
  t.is(typeof wanted === "number" ? wanted : wanted[0]?.value, "off");
});

test("a point that is served twice is the same in both places, and one that is not served is passed over", (t) => {
  const image = imageOf(at("x", "input", 0, "uint16"), at("x", "input", 1, "int32"));
  image.accept([sampleOf("x", 5), sampleOf("y", 6), { ...sampleOf("x", 7), thing: "b" }]);
  t.deepEqual(image.read("input", 0, 3), Uint8Array.of(0, 5, 0, 0, 0, 5));
  t.deepEqual([...image.points()], [{ thing: "a", feature: "x" }]);
});

test("quality comes and goes with the samples: uncertain is a value, stale and bad are none", (t) => {
  const image = imageOf(at("x", "input", 0, "uint16"));
  const reads = [Quality.good, Quality.uncertain, Quality.stale, Quality.bad, Quality.good].map((quality) => {
    image.accept([sampleOf("x", quality === Quality.bad ? null : 1, quality)]);
    return typeof image.read("input", 0, 1);
  });
  t.deepEqual(reads, ["object", "object", "number", "number", "object"]);
});
