import {
  ads1115Config,
  ads1115Ranges,
  ads1115Rates,
  ads1115Reading,
  conversionTime,
} from "../../../shared/acquisition/i2c/chips/ads1115.ts";
import { bme280Readings, measurementTime } from "../../../shared/acquisition/i2c/chips/bme280.ts";
import { decodeRaw, decodeTrim } from "../../../shared/acquisition/i2c/chips/bme280-compensation.ts";
import { decodeField, type RegisterField } from "../../../shared/acquisition/i2c/chips/register-field.ts";
import { planBlocks } from "../../../shared/acquisition/i2c/chips/register-map.ts";
import { sht31Humidity, sht31Temperature, sht31Word } from "../../../shared/acquisition/i2c/chips/sht31.ts";
import { crc8 } from "../../../shared/acquisition/i2c/crc8.ts";
import { exampleRaw, exampleTrim, rawRegisters, trimRegisters } from "../../harness/bme280-registers.ts";

function memory(): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const [register, value] of [...trimRegisters(exampleTrim), ...rawRegisters(exampleRaw)]) bytes[register] = value;
  return bytes;
}

/** Bytes that look random and are the same everywhere. */
function scattered(length: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

function fields(): readonly (number | string)[] {
  const bytes = scattered(16);
  const results: (number | string)[] = [];
  for (const length of [1, 2, 3, 4, 6, 7, 8]) {
    for (const order of ["big", "little"] as const) {
      for (const signed of [false, true]) {
        const field: RegisterField = { register: 0, length, signed, order, shift: 3, bits: length * 8 - 4 };
        const value = decodeField(bytes, 2, field);
        results.push(typeof value === "bigint" ? `${value}n` : value);
      }
    }
  }
  return results;
}

const sweep = [0, 1, 0x3333, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0xffff];

/** What the pure parts of the I2C drivers have to give, wherever they run. */
export function i2cCases(): readonly { readonly name: string; readonly run: () => unknown }[] {
  return [
    { name: "check bytes of CRC-8", run: () => [0, 1, 2, 6, 64].map((length) => crc8(scattered(length))) },
    { name: "trimming words of a BME280", run: () => decodeTrim(memory().subarray(0x88, 0xa2), memory().subarray(0xe1, 0xe8)) },
    { name: "raw numbers of a BME280", run: () => decodeRaw(memory(), 0xf7) },
    {
      name: "the climate that a BME280 measures",
      run: () =>
        [360_000, 519_888, 640_000].map((temperature) => [...bme280Readings(exampleTrim, { ...exampleRaw, temperature }).entries()]),
    },
    {
      name: "what a BME280 skipped",
      run: () => [...bme280Readings(exampleTrim, { temperature: 0x80000, pressure: 1, humidity: 1 }).entries()],
    },
    { name: "how long a BME280 measures", run: () => ([1, 2, 4, 8, 16] as const).map(measurementTime) },
    { name: "the climate that an SHT31 measures", run: () => sweep.map((word) => [sht31Temperature(word), sht31Humidity(word)]) },
    { name: "a garbled answer of an SHT31", run: () => sht31Word(Uint8Array.of(0xbe, 0xef, 0x93), 0, { bus: "b", address: 0x44 }) },
    {
      name: "configurations of an ADS1115",
      run: () =>
        ["in0", "in3", "in0-in1", "in9"].map((input) =>
          ads1115Ranges.map((range) => ads1115Rates.map((rate) => ads1115Config(input, { range, rate }) ?? null)),
        ),
    },
    { name: "voltages of an ADS1115", run: () => ads1115Ranges.map((range) => sweep.map((word) => ads1115Reading(word, range))) },
    { name: "how long an ADS1115 converts", run: () => ads1115Rates.map(conversionTime) },
    { name: "numbers in registers", run: fields },
    {
      name: "transfers for fields",
      run: () => {
        const at = (register: number, length: number): RegisterField => ({
          register,
          length,
          signed: false,
          order: "big",
          shift: 0,
          bits: length * 8,
        });
        const all = new Map([
          ["a", at(0x10, 2)],
          ["b", at(0x12, 1)],
          ["c", at(0x20, 1)],
          ["d", at(0x20, 3)],
        ]);
        const settings = { identity: undefined, setup: [], blocks: [{ register: 0x10, length: 4 }], fields: all };
        return [...planBlocks(settings, new Set(all.keys())).entries()];
      },
    },
  ];
}
