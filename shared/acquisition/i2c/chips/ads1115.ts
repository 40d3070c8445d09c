import { sleep } from "../../../base/clock.ts";
import type { StopSignal } from "../../../base/stop-signal.ts";
import { type Millis, millis } from "../../../base/units.ts";
import { ChipHangs, ChipReset } from "../chip-errors.ts";
import type { I2cPlace } from "../i2c-errors.ts";
import type { ChipPlace, Reading, SensorDriver } from "../sensor-driver.ts";

/** Registers. Texas Instruments ADS111x datasheet (SBAS444), "Address Pointer Register". */
const Register = { conversion: 0, config: 1 } as const;
/** Bits 14:12 of the configuration by input. "Config Register", MUX[2:0]. */
const inputs: Readonly<Record<string, number>> = Object.freeze({
  "in0-in1": 0,
  "in0-in3": 1,
  "in1-in3": 2,
  "in2-in3": 3,
  in0: 4,
  in1: 5,
  in2: 6,
  in3: 7,
});
/** Full scales in volts, by bits 11:9. "Config Register", PGA[2:0]. */
export const ads1115Ranges = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256] as const;
/** Samples a second, by bits 7:5. "Config Register", DR[2:0]. */
export const ads1115Rates = [8, 16, 32, 64, 128, 250, 475, 860] as const;

/** What one chip is set to. */
export interface Ads1115Settings {
  /** Full scale in volts: one of {@link ads1115Ranges}. */
  readonly range: (typeof ads1115Ranges)[number];
  /** Samples a second: one of {@link ads1115Rates}. */
  readonly rate: (typeof ads1115Rates)[number];
}

/** Bit 15: written, it starts a conversion; read, it says that none is under way. */
const idle = 0x8000;
const singleShot = 0x0100;
const comparatorOff = 0x0003;
const patience = 8;
/** "Electrical Characteristics": the data rate is off by up to 10 %. "Single-Shot Mode": the chip wakes up in 25 µs. */
const rateTolerance = 1.1;
const wakeUp = 0.025;

/** The configuration word that starts one conversion; `undefined` for an input that the chip does not have. "Config Register". */
export function ads1115Config(input: string, { range, rate }: Ads1115Settings): number | undefined {
  const multiplexer = inputs[input];
  if (multiplexer === undefined) return undefined;
  return idle | (multiplexer << 12) | (ads1115Ranges.indexOf(range) << 9) | singleShot | (ads1115Rates.indexOf(rate) << 5) | comparatorOff;
}

/** The longest that one conversion takes. "Single-Shot Mode". */
export const conversionTime = (rate: number): Millis => millis((1000 / rate) * rateTolerance + wakeUp);

/**
 * What a conversion word means, in volts. "Data Format": the two ends of the code are also what every voltage beyond them reads, so
 * they say where the voltage is but not what it is: no value.
 */
export function ads1115Reading(word: number, range: number): Reading {
  if (word === 0x7fff) return { noValue: `the voltage is above the range of ${range} V` };
  if (word === 0x8000) return { noValue: `the voltage is below the range of −${range} V` };
  return ((word > 0x7fff ? word - 0x10000 : word) * range) / 32_768;
}

const wordOf = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);

/** Texas Instruments ADS1115: four inputs against ground or each other, one single-shot conversion for each that is wanted. */
export class Ads1115 implements SensorDriver {
  readonly quantities = Object.keys(inputs);
  readonly #chip: ChipPlace;
  readonly #place: I2cPlace;
  readonly #settings: Ads1115Settings;

  constructor(chip: ChipPlace, settings: Ads1115Settings) {
    this.#chip = chip;
    this.#place = { bus: chip.bus.id, address: chip.address };
    this.#settings = settings;
  }

  /** The chip has no identity and each conversion brings its settings: it is enough that something answers. */
  async open(stop: StopSignal): Promise<void> {
    await this.#word(Register.config, stop);
  }

  async sample(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    const readings = new Map<string, Reading>();
    for (const input of wanted) {
      const config = ads1115Config(input, this.#settings);
      if (config !== undefined) readings.set(input, ads1115Reading(await this.#convert(config, stop), this.#settings.range));
    }
    return readings;
  }

  async #convert(config: number, stop: StopSignal): Promise<number> {
    const { bus, address, clock } = this.#chip;
    const wait = conversionTime(this.#settings.rate);
    await bus.writeBlock(address, Register.config, Uint8Array.of(config >> 8, config & 0xff), stop);
    await sleep(clock, wait, stop);
    for (let attempt = 0; attempt < patience; attempt++) {
      const found = await this.#word(Register.config, stop);
      if ((found | idle) !== config) throw new ChipReset(this.#place, "its configuration is not the one that was written");
      if ((found & idle) !== 0) return this.#word(Register.conversion, stop);
      await sleep(clock, millis(wait / 4), stop);
    }
    throw new ChipHangs(this.#place, "a conversion does not end");
  }

  async #word(register: number, stop: StopSignal): Promise<number> {
    return wordOf(await this.#chip.bus.readBlock(this.#chip.address, register, 2, stop));
  }
}
