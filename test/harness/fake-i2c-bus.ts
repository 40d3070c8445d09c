import { BusDown, BusNoAnswer, BusStuck, TransferFailed } from "../../shared/acquisition/i2c/i2c-errors.ts";
import type { I2cBus } from "../../shared/acquisition/ports.ts";
import type { Metric } from "../../shared/base/metric.ts";
import { type StopSignal, throwIfStopped } from "../../shared/base/stop-signal.ts";

/** A chip as the wires see it: messages in, messages out. */
export interface ChipModel {
  /** Takes a message; false when it does not acknowledge. */
  write(bytes: Uint8Array): boolean;
  /** Gives a message; `undefined` when it does not acknowledge. */
  read(length: number): Uint8Array | undefined;
}

/** What is wrong with the bus as a whole, or with its next transfers. */
export type BusFault = "stuck" | "down" | "broken-off";

/** A bus with chips that answers at once. */
export class FakeI2cBus implements I2cBus {
  readonly id = "i2c-1";
  readonly chips = new Map<number, ChipModel>();
  fault: BusFault | undefined;
  /** So many transfers break off before the next one gets through. */
  breakOff = 0;
  /** Everything that was sent or asked for, oldest first: `76 w f4 25`, `76 r 6`. */
  readonly transfers: string[] = [];

  constructor(chips: Iterable<readonly [number, ChipModel]> = []) {
    for (const [address, chip] of chips) this.chips.set(address, chip);
  }

  get up(): boolean {
    return this.fault === undefined || this.fault === "broken-off";
  }

  async readBlock(address: number, register: number, length: number, stop: StopSignal): Promise<Uint8Array> {
    const chip = this.#chip(address, `r ${hex(register)} ${length}`, stop);
    return this.#answer(address, chip.write(Uint8Array.of(register)) ? chip.read(length) : undefined);
  }

  async writeBlock(address: number, register: number, bytes: Uint8Array, stop: StopSignal): Promise<void> {
    const chip = this.#chip(address, `w ${hex(register)} ${[...bytes].map(hex).join(" ")}`, stop);
    if (!chip.write(Uint8Array.of(register, ...bytes))) throw new BusNoAnswer({ bus: this.id, address });
  }

  async read(address: number, length: number, stop: StopSignal): Promise<Uint8Array> {
    return this.#answer(address, this.#chip(address, `r ${length}`, stop).read(length));
  }

  async write(address: number, bytes: Uint8Array, stop: StopSignal): Promise<void> {
    const chip = this.#chip(address, `w ${[...bytes].map(hex).join(" ")}`, stop);
    if (!chip.write(bytes)) throw new BusNoAnswer({ bus: this.id, address });
  }

  metrics(): readonly Metric[] {
    return [];
  }

  async close(): Promise<void> {}

  #chip(address: number, what: string, stop: StopSignal): ChipModel {
    throwIfStopped(stop);
    const place = { bus: this.id, address };
    this.transfers.push(`${hex(address)} ${what}`);
    if (this.fault === "stuck") throw new BusStuck(place, "SDA is held low");
    if (this.fault === "down") throw new BusDown(place, "there is no such device");
    if (this.fault === "broken-off" || this.breakOff > 0) {
      this.breakOff--;
      throw new TransferFailed(place, "it broke off");
    }
    const chip = this.chips.get(address);
    if (chip === undefined) throw new BusNoAnswer(place);
    return chip;
  }

  #answer(address: number, bytes: Uint8Array | undefined): Uint8Array {
    if (bytes === undefined) throw new BusNoAnswer({ bus: this.id, address });
    return bytes;
  }
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
