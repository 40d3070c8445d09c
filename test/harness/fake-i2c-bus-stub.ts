import { BusNoAnswer, BusUnable } from "../../shared/acquisition/i2c/i2c-errors.ts";
import type { I2cBus } from "../../shared/acquisition/ports.ts";
import type { Metric } from "../../shared/base/metric.ts";
import type { StubChip } from "./i2c-stub-chips.ts";

/** A bus as the kernel's `i2c-stub` plays it: 256 byte registers an address that hold what is written, no plain messages. Linux kernel, Documentation/i2c/i2c-stub.rst. */
export class StubI2cBus implements I2cBus {
  readonly id = "i2c-stub";
  readonly up = true;
  readonly #chips: ReadonlyMap<number, Uint8Array>;

  constructor(chips: readonly StubChip[]) {
    this.#chips = new Map(
      chips.map(({ address, registers }) => {
        const memory = new Uint8Array(256);
        for (const [register, value] of registers) memory[register] = value;
        return [address, memory];
      }),
    );
  }

  async readBlock(address: number, register: number, length: number): Promise<Uint8Array> {
    return this.#chip(address).slice(register, register + length);
  }

  async writeBlock(address: number, register: number, bytes: Uint8Array): Promise<void> {
    this.#chip(address).set(bytes, register);
  }

  async read(address: number): Promise<Uint8Array> {
    throw new BusUnable({ bus: this.id, address }, "plain I2C messages");
  }

  async write(address: number): Promise<void> {
    throw new BusUnable({ bus: this.id, address }, "plain I2C messages");
  }

  metrics(): readonly Metric[] {
    return [];
  }

  async close(): Promise<void> {}

  #chip(address: number): Uint8Array {
    const chip = this.#chips.get(address);
    if (chip === undefined) throw new BusNoAnswer({ bus: this.id, address });
    return chip;
  }
}
