import type { Bme280Raw, Bme280Trim } from "../../shared/acquisition/i2c/chips/bme280-compensation.ts";

/** A register with what it holds. */
export type RegisterValue = readonly [register: number, value: number];

/**
 * Temperature and pressure: the worked example of Bosch's BMP280 datasheet §3.12, whose formulas are the BME280's. Humidity: words of the size
 * that chips have, with every sign and nibble in use.
 */
export const exampleTrim: Bme280Trim = {
  t: [0, 27_504, 26_435, -1000],
  p: [0, 36_477, -10_685, 3024, 2855, 140, -7, 15_500, -14_600, 6000],
  h: [0, 75, 362, 0, 315, -50, 30],
};

/** 25.08 °C and 1006.53 hPa by the worked example; 42.11 % relative humidity with {@link exampleTrim}. */
export const exampleRaw: Bme280Raw = { temperature: 519_888, pressure: 415_148, humidity: 27_500 };

function words(register: number, values: readonly number[]): readonly RegisterValue[] {
  return values.flatMap((value, index): RegisterValue[] => [
    [register + 2 * index, value & 0xff],
    [register + 2 * index + 1, (value >> 8) & 0xff],
  ]);
}

/** The registers that hold the trimming words. Bosch BME280 datasheet §4.2.2, table 16. */
export function trimRegisters({ t, p, h }: Bme280Trim): readonly RegisterValue[] {
  const [, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = h;
  return [
    ...words(0x88, [...t.slice(1), ...p.slice(1)]),
    [0xa1, h1],
    ...words(0xe1, [h2]),
    [0xe3, h3],
    [0xe4, (h4 >> 4) & 0xff],
    [0xe5, (h4 & 0x0f) | ((h5 & 0x0f) << 4)],
    [0xe6, (h5 >> 4) & 0xff],
    [0xe7, h6 & 0xff],
  ];
}

/** The registers that hold one measurement. §5.4.7 to §5.4.9. */
export function rawRegisters({ temperature, pressure, humidity }: Bme280Raw): readonly RegisterValue[] {
  const twenty = (register: number, value: number): readonly RegisterValue[] => [
    [register, value >> 12],
    [register + 1, (value >> 4) & 0xff],
    [register + 2, (value & 0x0f) << 4],
  ];
  return [...twenty(0xf7, pressure), ...twenty(0xfa, temperature), [0xfd, humidity >> 8], [0xfe, humidity & 0xff]];
}
