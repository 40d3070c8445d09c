import { ads1115Config } from "../../shared/acquisition/i2c/chips/ads1115.ts";
import { exampleRaw, exampleTrim, type RegisterValue, rawRegisters, trimRegisters } from "./bme280-registers.ts";

/** A chip for the kernel's `i2c-stub`: bytes to put into its registers one by one, as {@link stubCommands} does. */
export interface StubChip {
  readonly address: number;
  readonly registers: readonly RegisterValue[];
}

/**
 * A BME280 at 0x76 that always measures the example: 25.08 °C, 42.11 % and 100653.3 Pa as a sensor reports them. Its settings may be written
 * over; nothing else has to change by itself.
 */
export const stubBme280: StubChip = {
  address: 0x76,
  registers: [[0xd0, 0x60], ...trimRegisters(exampleTrim), ...rawRegisters(exampleRaw)],
};

/** What {@link stubBme280} reports, in °C, per cent and Pa, rounded as points are that do not say otherwise. */
export const stubClimate = { temperature: 25.08, humidity: 42.11, pressure: 100_653.3 } as const;

/** The high byte of what {@link stubAds1115} measures. */
const conversionHigh = 0x3f;

/** An ADS1115 at 0x48 with range 4.096 V and rate 128. The stub's registers are bytes, so the high byte of the configuration that the driver writes is also the low byte of the conversion. */
export const stubAds1115: StubChip = { address: 0x48, registers: [[0x00, conversionHigh]] };

/** What input `in0` of {@link stubAds1115} reports, V. */
export const stubVoltage = 2.040_375;

/** The word behind {@link stubVoltage}. */
export const stubConversion = (conversionHigh << 8) | ((ads1115Config("in0", { range: 4.096, rate: 128 }) ?? 0) >> 8);

/** The shell commands that make the stub on a bus play the chip. @param bus number of the bus, as in `/dev/i2c-0` */
export function stubCommands(bus: number, { address, registers }: StubChip): readonly string[] {
  return registers.map(([register, value]) => `i2cset -y ${bus} ${address} ${register} ${value} b`);
}
