import { sleep } from "../../../base/clock.ts";
import type { StopSignal } from "../../../base/stop-signal.ts";
import { millis } from "../../../base/units.ts";
import { ReplyGarbled } from "../chip-errors.ts";
import { crc8 } from "../crc8.ts";
import { BusNoAnswer, hexAddress, type I2cPlace } from "../i2c-errors.ts";
import type { ChipPlace, Reading, SensorDriver } from "../sensor-driver.ts";

/** Sensirion SHT3x-DIS datasheet, version 5: §4.3 table 9 (single shot, high repeatability, no clock stretching) and §4.8. */
const Command = { measure: [0x24, 0x00], leavePeriodic: [0x30, 0x93] } as const;
/** §2.2, table 4: a measurement of high repeatability takes 15 ms at most, 15.5 ms from a low supply; clocks tell whole milliseconds. */
const measurementTime = millis(16);
/** §4.4: a chip that is not ready yet does not acknowledge its address; its clock may be this slow. */
const grace = millis(5);
/** §4.3: the chip wants so long between two commands. */
const betweenCommands = millis(1);
/** §4.4: two words, each with its check byte. */
const answerLength = 6;
/** §1.2: what the chip can measure, °C. */
const limits = { low: -40, high: 125 } as const;

/** What a temperature word means, °C. §4.13. */
export const sht31Temperature = (word: number): number => -45 + (175 * word) / 65_535;
/** What a humidity word means, per cent relative humidity. §4.13. */
export const sht31Humidity = (word: number): number => (100 * word) / 65_535;

/** The word at `offset` of an answer. @throws {ReplyGarbled} when its check byte is wrong */
export function sht31Word(answer: Uint8Array, offset: number, place: I2cPlace): number {
  const [high = 0, low = 0, check = 0] = answer.subarray(offset, offset + 3);
  const expected = crc8(answer, offset, offset + 2);
  if (check !== expected || answer.length < offset + 3) {
    throw new ReplyGarbled(place, `the check byte is ${hexAddress(check)}; expected ${hexAddress(expected)}`);
  }
  return (high << 8) | low;
}

function temperatureReading(value: number): Reading {
  if (value >= limits.low && value <= limits.high) return value;
  return { noValue: `${value.toFixed(1)} °C is outside what the chip can measure` };
}

/** Sensirion SHT31: temperature and relative humidity, one single-shot measurement a sample. Heater and alerts stay as they are. */
export class Sht31 implements SensorDriver {
  readonly quantities = ["temperature", "humidity"];
  readonly #chip: ChipPlace;
  readonly #place: I2cPlace;

  constructor(chip: ChipPlace) {
    this.#chip = chip;
    this.#place = { bus: chip.bus.id, address: chip.address };
  }

  /** The chip has no identity; it takes single shots only when it does not measure periodically. */
  async open(stop: StopSignal): Promise<void> {
    await this.#command(Command.leavePeriodic, stop);
    await sleep(this.#chip.clock, betweenCommands, stop);
  }

  async sample(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    await this.#command(Command.measure, stop);
    await sleep(this.#chip.clock, measurementTime, stop);
    const answer = await this.#answer(stop);
    const readings = new Map<string, Reading>();
    if (wanted.has("temperature")) readings.set("temperature", temperatureReading(sht31Temperature(sht31Word(answer, 0, this.#place))));
    if (wanted.has("humidity")) readings.set("humidity", sht31Humidity(sht31Word(answer, 3, this.#place)));
    return readings;
  }

  async #answer(stop: StopSignal): Promise<Uint8Array> {
    const { bus, address, clock } = this.#chip;
    try {
      return await bus.read(address, answerLength, stop);
    } catch (error) {
      if (!(error instanceof BusNoAnswer)) throw error;
      await sleep(clock, grace, stop);
      return bus.read(address, answerLength, stop);
    }
  }

  #command(bytes: readonly number[], stop: StopSignal): Promise<void> {
    return this.#chip.bus.write(this.#chip.address, Uint8Array.from(bytes), stop);
  }
}
