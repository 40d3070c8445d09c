/** The trimming words that the factory stored in one BME280. Bosch BME280 datasheet (BST-BME280-DS002) §4.2.2, table 16. */
export interface Bme280Trim {
  /** dig_T1 to dig_T3; index 0 is not used, so that the indexes are the datasheet's. */
  readonly t: readonly number[];
  /** dig_P1 to dig_P9. */
  readonly p: readonly number[];
  /** dig_H1 to dig_H6. */
  readonly h: readonly number[];
}

/** Bytes from register 0x88 and from register 0xE1 that hold the trimming words. */
export const trimBlocks = { low: { register: 0x88, length: 26 }, high: { register: 0xe1, length: 7 } } as const;

/** What a channel reads when its measurement was skipped. §5.4.7 to §5.4.9: the reset state of the data registers. */
export const skipped = { temperature: 0x80000, pressure: 0x80000, humidity: 0x8000 } as const;

/** The raw numbers of one measurement. */
export interface Bme280Raw {
  /** 20 bits. */
  readonly temperature: number;
  /** 20 bits. */
  readonly pressure: number;
  /** 16 bits. */
  readonly humidity: number;
}

/** Takes the trimming words out of their two blocks of registers. §4.2.2, table 16. */
export function decodeTrim(low: Uint8Array, high: Uint8Array): Bme280Trim {
  const lowView = new DataView(low.buffer, low.byteOffset, low.byteLength);
  const highView = new DataView(high.buffer, high.byteOffset, high.byteLength);
  const signed = (offset: number): number => lowView.getInt16(offset, true);
  return {
    t: [0, lowView.getUint16(0, true), signed(2), signed(4)],
    p: [0, lowView.getUint16(6, true), signed(8), signed(10), signed(12), signed(14), signed(16), signed(18), signed(20), signed(22)],
    h: [
      0,
      lowView.getUint8(25),
      highView.getInt16(0, true),
      highView.getUint8(2),
      // Two signed 12-bit words share the nibbles of register 0xE5.
      highView.getInt8(3) * 16 + (highView.getUint8(4) & 0x0f),
      highView.getInt8(5) * 16 + (highView.getUint8(4) >> 4),
      highView.getInt8(6),
    ],
  };
}

/** Takes the raw numbers out of registers 0xF7 to 0xFE. §5.4.7 to §5.4.9. @param at offset of register 0xF7 */
export function decodeRaw(bytes: Uint8Array, at = 0): Bme280Raw {
  const byte = (offset: number): number => bytes[at + offset] ?? 0;
  return {
    pressure: (byte(0) << 12) | (byte(1) << 4) | (byte(2) >> 4),
    temperature: (byte(3) << 12) | (byte(4) << 4) | (byte(5) >> 4),
    humidity: (byte(6) << 8) | byte(7),
  };
}

/** The temperature as the other two formulas want it: degrees × 5120. Appendix A, section 8.1, floating point. */
export function fineTemperature({ t }: Bme280Trim, raw: number): number {
  const [, t1 = 0, t2 = 0, t3 = 0] = t;
  const square = raw / 131_072 - t1 / 8192;
  return (raw / 16_384 - t1 / 1024) * t2 + square * square * t3;
}

/** Degrees Celsius. Section 8.1. @param fine what {@link fineTemperature} gives */
export const compensateTemperature = (fine: number): number => fine / 5120;

/** Pascal; `undefined` when the trimming words make no sense. Section 8.1. */
export function compensatePressure({ p }: Bme280Trim, fine: number, raw: number): number | undefined {
  const [, p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0] = p;
  const deviation = fine / 2 - 64_000;
  const sensitivity = (1 + ((p3 * deviation * deviation) / 524_288 + p2 * deviation) / 524_288 / 32_768) * p1;
  if (sensitivity === 0) return undefined;
  const offset = ((p6 * deviation * deviation) / 32_768 + 2 * p5 * deviation) / 4 + p4 * 65_536;
  const linear = ((1_048_576 - raw - offset / 4096) * 6250) / sensitivity;
  return linear + ((p9 * linear * linear) / 2_147_483_648 + (p8 * linear) / 32_768 + p7) / 16;
}

/** Relative humidity in per cent, 0 to 100. Section 8.1. */
export function compensateHumidity({ h }: Bme280Trim, fine: number, raw: number): number {
  const [, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = h;
  const deviation = fine - 76_800;
  const slope = 1 + (h6 / 67_108_864) * deviation * (1 + (h3 / 67_108_864) * deviation);
  const linear = (raw - (h4 * 64 + (h5 / 16_384) * deviation)) * ((h2 / 65_536) * slope);
  return Math.min(100, Math.max(0, linear * (1 - (h1 * linear) / 524_288)));
}
