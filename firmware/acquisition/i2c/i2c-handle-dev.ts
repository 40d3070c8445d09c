import { realpath } from "node:fs/promises";
import type { PromisifiedBus } from "i2c-bus";
import type { I2cAbilities, I2cHandle } from "./i2c-handle.ts";

const devicePattern = /^\/dev\/i2c-(\d{1,7})$/;

function whole(got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`${got} of ${wanted} bytes went over the bus`);
}

/** A `/dev/i2c-*` device of Linux through the `i2c-bus` package. */
class I2cDevHandle implements I2cHandle {
  readonly abilities: I2cAbilities;
  readonly #bus: PromisifiedBus;

  constructor(bus: PromisifiedBus, abilities: I2cAbilities) {
    this.#bus = bus;
    this.abilities = abilities;
  }

  async readBlock(address: number, register: number, length: number): Promise<Uint8Array> {
    const { bytesRead, buffer } = await this.#bus.readI2cBlock(address, register, length, Buffer.alloc(length));
    whole(bytesRead, length);
    return buffer;
  }

  async writeBlock(address: number, register: number, bytes: Uint8Array): Promise<void> {
    await this.#bus.writeI2cBlock(address, register, bytes.length, Buffer.from(bytes));
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    const { bytesRead, buffer } = await this.#bus.i2cRead(address, length, Buffer.alloc(length));
    whole(bytesRead, length);
    return buffer;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    const { bytesWritten } = await this.#bus.i2cWrite(address, bytes.length, Buffer.from(bytes));
    whole(bytesWritten, bytes.length);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}

/** Opens a bus of Linux. The package and its native part are loaded with the first bus: a board without one pays nothing. */
export async function openI2cDev(device: string): Promise<I2cHandle> {
  const found = await realpath(device);
  const number = devicePattern.exec(found)?.[1];
  if (number === undefined) throw new Error(`${found} is not of the form /dev/i2c-1`);
  const { openPromisified } = await import("i2c-bus");
  const bus = await openPromisified(Number(number));
  try {
    const { smbusReadI2cBlock, smbusWriteI2cBlock, i2c } = await bus.i2cFuncs();
    return new I2cDevHandle(bus, { readBlock: smbusReadI2cBlock, writeBlock: smbusWriteI2cBlock, messages: i2c });
  } catch (error) {
    await bus.close();
    throw error;
  }
}
