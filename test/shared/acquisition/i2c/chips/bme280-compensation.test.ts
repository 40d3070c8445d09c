import test from "ava";
import fc from "fast-check";
import {
  type Bme280Trim,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  decodeRaw,
  decodeTrim,
  fineTemperature,
} from "../../../../../shared/acquisition/i2c/chips/bme280-compensation.ts";
import { exampleRaw, exampleTrim, rawRegisters, trimRegisters } from "../../../../harness/bme280-registers.ts";
import { integerHumidity, integerPressure, integerTemperature } from "../bme280-integer.ts";

const memory = (registers: readonly (readonly [number, number])[]): Uint8Array => {
  const bytes = new Uint8Array(256);
  for (const [register, value] of registers) bytes[register] = value;
  return bytes;
};

const signed = (bits: number): fc.Arbitrary<number> => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const word = fc.integer({ min: 0, max: 0xffff });
const anyTrim: fc.Arbitrary<Bme280Trim> = fc
  .tuple(
    fc.tuple(word, signed(16), signed(16)),
    fc.tuple(word, fc.array(signed(16), { minLength: 8, maxLength: 8 })),
    fc.tuple(fc.integer({ min: 0, max: 255 }), signed(16), fc.integer({ min: 0, max: 255 }), signed(12), signed(12), signed(8)),
  )
  .map(([t, [p1, p], h]) => ({ t: [0, ...t], p: [0, p1, ...p], h: [0, ...h] }));

test("the worked example of the datasheet comes out: 25.08 °C and 100653.27 Pa (BMP280 datasheet §3.12)", (t) => {
  const fine = fineTemperature(exampleTrim, exampleRaw.temperature);
  t.is(Math.trunc(fine), 128_422);
  t.is(compensateTemperature(fine).toFixed(2), "25.08");
  t.is(compensatePressure(exampleTrim, fine, exampleRaw.pressure)?.toFixed(2), "100653.27");
});

test("the datasheet's integer formulas give the same as its floating-point ones for the example", (t) => {
  const { centidegrees, fine } = integerTemperature(exampleTrim, exampleRaw.temperature);
  t.is(centidegrees, 2508);
  t.is(fine, 128_422);
  t.is((integerPressure(exampleTrim, fine, exampleRaw.pressure) / 256).toFixed(2), "100653.25");
  t.is((integerHumidity(exampleTrim, fine, exampleRaw.humidity) / 1024).toFixed(2), "42.12");
  t.is(compensateHumidity(exampleTrim, fine, exampleRaw.humidity).toFixed(2), "42.11");
});

test("over the whole climate of a chip, floating point is the integer formula to within its rounding", (t) => {
  const raw = fc.tuple(
    fc.integer({ min: 330_000, max: 700_000 }),
    fc.integer({ min: 250_000, max: 550_000 }),
    fc.integer({ min: 15_000, max: 45_000 }),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(raw, ([temperature, pressure, humidity]) => {
        const fine = fineTemperature(exampleTrim, temperature);
        const whole = integerTemperature(exampleTrim, temperature);
        const pascal = compensatePressure(exampleTrim, fine, pressure) ?? 0;
        return (
          Math.abs(compensateTemperature(fine) - whole.centidegrees / 100) < 0.01 &&
          Math.abs(pascal - integerPressure(exampleTrim, whole.fine, pressure) / 256) < 1 &&
          Math.abs(compensateHumidity(exampleTrim, fine, humidity) - integerHumidity(exampleTrim, whole.fine, humidity) / 1024) < 0.02
        );
      }),
    ),
  );
});

test("humidity stays between 0 and 100 per cent", (t) => {
  const fine = fineTemperature(exampleTrim, exampleRaw.temperature);
  t.is(compensateHumidity(exampleTrim, fine, 0), 0);
  t.is(compensateHumidity(exampleTrim, fine, 0xffff), 100);
});

test("trimming words of which one would divide by nothing make no pressure", (t) => {
  t.is(compensatePressure({ ...exampleTrim, p: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }, 128_422, 415_148), undefined);
});

test("trimming words come out of the registers as they lie there, signs and shared nibbles included", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(anyTrim, (trim) => {
        const bytes = memory(trimRegisters(trim));
        t.deepEqual(decodeTrim(bytes.subarray(0x88, 0x88 + 26), bytes.subarray(0xe1, 0xe1 + 7)), trim);
      }),
    ),
  );
});

test("raw numbers come out of the registers", (t) => {
  const twenty = fc.integer({ min: 0, max: 0xfffff });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.record({ temperature: twenty, pressure: twenty, humidity: word }), (raw) => {
        t.deepEqual(decodeRaw(memory(rawRegisters(raw)), 0xf7), raw);
      }),
    ),
  );
});
