import type { Bme280Trim } from "../../../../shared/acquisition/i2c/chips/bme280-compensation.ts";

const wide = (words: readonly number[]): readonly bigint[] => words.map((value) => BigInt(value));

/** The temperature by integers: hundredths of a degree. Bosch BME280 datasheet §4.2.3. */
export function integerTemperature({ t }: Bme280Trim, raw: number): { readonly centidegrees: number; readonly fine: number } {
  const [, t1 = 0n, t2 = 0n, t3 = 0n] = wide(t);
  const adc = BigInt(raw);
  const linear = (((adc >> 3n) - (t1 << 1n)) * t2) >> 11n;
  const off = (adc >> 4n) - t1;
  const fine = linear + ((((off * off) >> 12n) * t3) >> 14n);
  return { centidegrees: Number((fine * 5n + 128n) >> 8n), fine: Number(fine) };
}

/** The pressure by 64-bit integers: 256ths of a pascal. §4.2.3. */
export function integerPressure({ p }: Bme280Trim, fineTemperature: number, raw: number): number {
  const [, p1 = 0n, p2 = 0n, p3 = 0n, p4 = 0n, p5 = 0n, p6 = 0n, p7 = 0n, p8 = 0n, p9 = 0n] = wide(p);
  const off = BigInt(fineTemperature) - 128_000n;
  const offset = off * off * p6 + ((off * p5) << 17n) + (p4 << 35n);
  const slope = (((1n << 47n) + ((off * off * p3) >> 8n) + ((off * p2) << 12n)) * p1) >> 33n;
  if (slope === 0n) return 0;
  const linear = (((1_048_576n - BigInt(raw)) * (1n << 31n) - offset) * 3125n) / slope;
  const square = (p9 * (linear >> 13n) * (linear >> 13n)) >> 25n;
  return Number(((linear + square + ((p8 * linear) >> 19n)) >> 8n) + (p7 << 4n));
}

/** The humidity by integers: 1024ths of a per cent. §4.2.3. */
export function integerHumidity({ h }: Bme280Trim, fineTemperature: number, raw: number): number {
  const [, h1 = 0n, h2 = 0n, h3 = 0n, h4 = 0n, h5 = 0n, h6 = 0n] = wide(h);
  const off = BigInt(fineTemperature) - 76_800n;
  const measured = ((BigInt(raw) << 14n) - (h4 << 20n) - h5 * off + 16_384n) >> 15n;
  const bend = (((off * h6) >> 10n) * (((off * h3) >> 11n) + 32_768n)) >> 10n;
  const linear = measured * (((bend + 2_097_152n) * h2 + 8192n) >> 14n);
  const curved = linear - (((((linear >> 15n) * (linear >> 15n)) >> 7n) * h1) >> 4n);
  const bounded = curved < 0n ? 0n : curved > 419_430_400n ? 419_430_400n : curved;
  return Number(bounded >> 12n);
}
