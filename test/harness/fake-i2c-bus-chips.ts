import type { Bme280Raw, Bme280Trim } from "../../shared/acquisition/i2c/chips/bme280-compensation.ts";
import { crc8 } from "../../shared/acquisition/i2c/crc8.ts";
import { exampleRaw, exampleTrim, rawRegisters, trimRegisters } from "./bme280-registers.ts";
import type { ChipModel } from "./fake-i2c-bus.ts";

/** A chip with 256 registers of a byte each that follow one another. */
export class RegisterChip implements ChipModel {
  readonly registers = new Uint8Array(256);
  #pointer = 0;

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? 0;
    for (const value of bytes.subarray(1)) this.store(this.#pointer++ & 0xff, value);
    return true;
  }

  read(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.load(this.#pointer++ & 0xff));
  }

  protected store(register: number, value: number): void {
    this.registers[register] = value;
  }

  protected load(register: number): number {
    return this.registers[register] ?? 0;
  }
}

/** A BME280: sleeps, measures when forced, forgets its settings without power. */
export class Bme280Model extends RegisterChip {
  raw: Bme280Raw = exampleRaw;
  identity = 0x60;
  /** How often the status register says that the chip is busy before it is done, each time it has something to do. */
  busy = 1;
  #updating = 0;
  #measuring = 0;
  readonly #trim: Bme280Trim;

  constructor(trim: Bme280Trim = exampleTrim) {
    super();
    this.#trim = trim;
    this.powerCycle();
  }

  powerCycle(): void {
    this.registers.fill(0);
    for (const [register, value] of trimRegisters(this.#trim)) this.registers[register] = value;
    for (const [register, value] of rawRegisters({ temperature: 0x80000, pressure: 0x80000, humidity: 0x8000 }))
      this.registers[register] = value;
    this.#updating = this.busy;
  }

  protected override store(register: number, value: number): void {
    if (register === 0xe0) {
      if (value === 0xb6) this.powerCycle();
      return;
    }
    if (register !== 0xf2 && register !== 0xf4 && register !== 0xf5) return;
    super.store(register, value);
    if (register === 0xf4 && (value & 0x03) !== 0) this.#measure(value);
  }

  protected override load(register: number): number {
    if (register === 0xd0) return this.identity;
    if (register !== 0xf3) return super.load(register);
    return (this.#updating-- > 0 ? 0x01 : 0) | (this.#measuring-- > 0 ? 0x08 : 0);
  }

  #measure(control: number): void {
    const { temperature, pressure, humidity } = this.raw;
    const taken = {
      temperature: control >> 5 === 0 ? 0x80000 : temperature,
      pressure: ((control >> 2) & 0x07) === 0 ? 0x80000 : pressure,
      humidity: ((this.registers[0xf2] ?? 0) & 0x07) === 0 ? 0x8000 : humidity,
    };
    for (const [register, value] of rawRegisters(taken)) this.registers[register] = value;
    this.registers[0xf4] = control & 0xfc;
    this.#measuring = this.busy;
  }
}

/** An SHT31: measures on command, is deaf until it is done, and may be found measuring periodically. */
export class Sht31Model implements ChipModel {
  temperature = 0x6666;
  humidity = 0x8000;
  /** How often it is not ready yet when it is read. */
  busy = 0;
  periodic = false;
  /** Flips a bit of so many answers to come. */
  garble = 0;
  #pending = 0;
  #answer: Uint8Array | undefined;

  write(bytes: Uint8Array): boolean {
    const command = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    if (command === 0x3093) this.periodic = false;
    else if (this.periodic) return false;
    else if (command === 0x2400) {
      this.#answer = Uint8Array.of(...this.#word(this.temperature), ...this.#word(this.humidity));
      this.#pending = this.busy;
    }
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const answer = this.#answer;
    if (answer === undefined || this.#pending-- > 0) return undefined;
    this.#answer = undefined;
    if (this.garble-- > 0) answer[0] = (answer[0] ?? 0) ^ 0x10;
    return answer.slice(0, length);
  }

  #word(value: number): readonly number[] {
    const bytes = Uint8Array.of(value >> 8, value & 0xff);
    return [...bytes, crc8(bytes)];
  }
}

/** An ADS1115: four registers of two bytes behind a pointer; converts when told to. */
export class Ads1115Model implements ChipModel {
  /** The word that each setting of the multiplexer gives. */
  readonly words = new Map<number, number>();
  /** How often the configuration says that the conversion is under way. */
  busy = 1;
  #pointer = 0;
  #config = 0x8583;
  #conversion = 0;
  #converting = 0;

  powerCycle(): void {
    this.#config = 0x8583;
    this.#conversion = 0;
  }

  write(bytes: Uint8Array): boolean {
    this.#pointer = (bytes[0] ?? 0) & 0x03;
    if (bytes.length === 3 && this.#pointer === 1) {
      this.#config = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
      if ((this.#config & 0x8000) !== 0) {
        this.#conversion = this.words.get((this.#config >> 12) & 0x07) ?? 0;
        this.#converting = this.busy;
      }
    }
    return true;
  }

  read(length: number): Uint8Array {
    const word = this.#pointer === 1 ? this.#status() : this.#conversion;
    return Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? word >> 8 : word & 0xff));
  }

  #status(): number {
    return this.#converting-- > 0 ? this.#config & 0x7fff : this.#config | 0x8000;
  }
}

/** A chip that acknowledges nothing. */
export const absentChip: ChipModel = { write: () => false, read: () => undefined };
