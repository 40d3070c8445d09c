import { sleep } from "../../../base/clock.ts";
import type { StopSignal } from "../../../base/stop-signal.ts";
import { type Millis, millis } from "../../../base/units.ts";
import { ChipHangs, ChipReset, ChipUnexpected } from "../chip-errors.ts";
import { hexAddress, type I2cPlace } from "../i2c-errors.ts";
import type { ChipPlace, Reading, SensorDriver } from "../sensor-driver.ts";
import {
  type Bme280Raw,
  type Bme280Trim,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  decodeRaw,
  decodeTrim,
  fineTemperature,
  skipped,
  trimBlocks,
} from "./bme280-compensation.ts";

/** Registers. Bosch BME280 datasheet (BST-BME280-DS002) §5.3, table 18. */
const Register = { identity: 0xd0, reset: 0xe0, humidityControl: 0xf2, status: 0xf3, control: 0xf4, data: 0xf7 } as const;
/** §5.4.1. */
const identity = 0x60;
/** What other chips of the family, which are sold in its place, say there. */
const cousins: Readonly<Record<number, string>> = Object.freeze({ 86: "a BMP280", 87: "a BMP280", 88: "a BMP280", 97: "a BME680" });
/** §5.4.2. */
const resetWord = 0xb6;
/** Bits of the status register. §5.4.4. */
const Status = { updating: 0x01, measuring: 0x08 } as const;
/** §5.4.5: one measurement, then sleep again. */
const forced = 0x01;
/** §1.1, table 1: time from reset to the first communication. */
const startTime = millis(2);
const patience = 10;
/** Registers 0xF2 to 0xFE: settings, status and data in one transfer. */
const burst = { from: Register.humidityControl, length: 13 } as const;

/** How often each quantity is measured for one value. §3.4. */
export type Oversampling = 1 | 2 | 4 | 8 | 16;

/** What the chip can measure. §1.1 to §1.4. */
const limits = {
  temperature: { low: -40, high: 85, unit: "°C" },
  pressure: { low: 30_000, high: 110_000, unit: "Pa" },
} as const;

function within(value: number, { low, high, unit }: (typeof limits)[keyof typeof limits]): Reading {
  return value >= low && value <= high ? value : { noValue: `${value.toFixed(1)} ${unit} is outside what the chip can measure` };
}

/** What the raw numbers of one measurement mean: °C, Pa and per cent relative humidity. §4.2.3. */
export function bme280Readings(trim: Bme280Trim, raw: Bme280Raw): ReadonlyMap<string, Reading> {
  const skip: Reading = { noValue: "the chip skipped the measurement" };
  // Pressure and humidity need the temperature. §4.2.3.
  if (raw.temperature === skipped.temperature) {
    return new Map(["temperature", "humidity", "pressure"].map((quantity) => [quantity, skip]));
  }
  const fine = fineTemperature(trim, raw.temperature);
  const pressure = raw.pressure === skipped.pressure ? skip : compensatePressure(trim, fine, raw.pressure);
  return new Map<string, Reading>([
    ["temperature", within(compensateTemperature(fine), limits.temperature)],
    ["humidity", raw.humidity === skipped.humidity ? skip : compensateHumidity(trim, fine, raw.humidity)],
    [
      "pressure",
      typeof pressure === "number" ? within(pressure, limits.pressure) : (pressure ?? { noValue: "the trimming words are no such" }),
    ],
  ]);
}

/** The longest that one measurement of all three takes. Appendix B, section 9.1. */
export function measurementTime(oversampling: Oversampling): Millis {
  return millis(Math.ceil(1.25 + 2.3 * oversampling + 2 * (2.3 * oversampling + 0.575)));
}

/** Bosch BME280: temperature, relative humidity and air pressure, one forced measurement a sample. */
export class Bme280 implements SensorDriver {
  readonly quantities = ["temperature", "humidity", "pressure"];
  readonly #chip: ChipPlace;
  readonly #place: I2cPlace;
  /** Settings registers: humidity, and temperature and pressure without the mode. §5.4.3, §5.4.5. */
  readonly #humidityControl: number;
  readonly #control: number;
  readonly #wait: Millis;
  #trim: Bme280Trim | undefined;

  constructor(chip: ChipPlace, oversampling: Oversampling = 1) {
    this.#chip = chip;
    this.#place = { bus: chip.bus.id, address: chip.address };
    const bits = Math.log2(oversampling) + 1;
    this.#humidityControl = bits;
    this.#control = (bits << 5) | (bits << 2);
    this.#wait = measurementTime(oversampling);
  }

  async open(stop: StopSignal): Promise<void> {
    this.#trim = undefined;
    const found = await this.#byte(Register.identity, stop);
    if (found !== identity) {
      const cousin = cousins[found] === undefined ? "" : `, which is ${cousins[found]}`;
      throw new ChipUnexpected(this.#place, `its identity is ${hexAddress(found)}${cousin}; a BME280 says ${hexAddress(identity)}`);
    }
    await this.#write(Register.reset, resetWord, stop);
    await sleep(this.#chip.clock, startTime, stop);
    await this.#until(Status.updating, startTime, "its start", stop);
    const { low, high } = trimBlocks;
    const trim = decodeTrim(await this.#read(low.register, low.length, stop), await this.#read(high.register, high.length, stop));
    if (trim.t[1] === 0 || trim.p[1] === 0) throw new ChipUnexpected(this.#place, "it has no trimming words");
    await this.#write(Register.humidityControl, this.#humidityControl, stop);
    this.#trim = trim;
  }

  async sample(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    const trim = this.#trim;
    if (trim === undefined) throw new ChipReset(this.#place, "it is not set up");
    await this.#write(Register.control, this.#control | forced, stop);
    await sleep(this.#chip.clock, this.#wait, stop);
    const bytes = await this.#measured(stop);
    const readings = bme280Readings(trim, decodeRaw(bytes, Register.data - burst.from));
    return new Map([...readings].filter(([quantity]) => wanted.has(quantity)));
  }

  /** Reads settings, status and data at once, so that the data are known to be of a chip with these settings. */
  async #measured(stop: StopSignal): Promise<Uint8Array> {
    for (let attempt = 0; attempt < patience; attempt++) {
      const bytes = await this.#read(burst.from, burst.length, stop);
      const [humidityControl = 0, status = 0, control = 0] = bytes;
      if ((humidityControl & 0x07) !== this.#humidityControl || (control & 0xfc) !== this.#control) {
        this.#trim = undefined;
        throw new ChipReset(this.#place, "its settings are not those that were written");
      }
      if ((status & Status.measuring) === 0) return bytes;
      await sleep(this.#chip.clock, millis(this.#wait / 4), stop);
    }
    throw new ChipHangs(this.#place, "a measurement does not end");
  }

  async #until(busy: number, pause: Millis, what: string, stop: StopSignal): Promise<void> {
    for (let attempt = 0; attempt < patience; attempt++) {
      if (((await this.#byte(Register.status, stop)) & busy) === 0) return;
      await sleep(this.#chip.clock, pause, stop);
    }
    throw new ChipHangs(this.#place, `${what} does not end within ${patience * pause} ms`);
  }

  async #byte(register: number, stop: StopSignal): Promise<number> {
    return (await this.#read(register, 1, stop))[0] ?? 0;
  }

  #read(register: number, length: number, stop: StopSignal): Promise<Uint8Array> {
    return this.#chip.bus.readBlock(this.#chip.address, register, length, stop);
  }

  #write(register: number, value: number, stop: StopSignal): Promise<void> {
    return this.#chip.bus.writeBlock(this.#chip.address, register, Uint8Array.of(value), stop);
  }
}
