import type { I2cAbilities, I2cHandle } from "../../firmware/acquisition/i2c/i2c-handle.ts";
import type { ChipModel } from "./fake-i2c-bus.ts";

/** An error as Node and `i2c-bus` make them. */
export function errnoError(code: string, syscall = "i2c"): Error {
  return Object.assign(new Error(`${code}, ${syscall}`), { code, syscall });
}

/** What the kernel says to a call: an error's name, or `hang` to say nothing until {@link FakeKernel.letGo}. */
export type KernelFault = string | { readonly code: string; readonly syscall: string } | "hang";

/** A kernel with one bus device on which chips sit. */
export class FakeKernel {
  readonly chips = new Map<number, ChipModel>();
  abilities: I2cAbilities = { readBlock: true, writeBlock: true, messages: true };
  /** What becomes of opening the device. */
  openFault: KernelFault | undefined;
  /** What becomes of every transfer. */
  fault: KernelFault | undefined;
  opened = 0;
  /** Handles that are open. */
  open = 0;
  /** Calls under way, and the most there ever were. */
  under = 0;
  most = 0;
  /** Handles that were closed while a call was under way on them. */
  closedInUse = 0;
  #held: (() => void)[] = [];

  readonly opener = async (): Promise<I2cHandle> => {
    if (this.openFault !== undefined) throw this.#error(this.openFault);
    this.opened++;
    this.open++;
    return this.#handle();
  };

  /** Lets go of what hangs. */
  letGo(): void {
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
  }

  #error(fault: KernelFault): Error {
    return typeof fault === "string" ? errnoError(fault) : errnoError(fault.code, fault.syscall);
  }

  #handle(): I2cHandle {
    let under = 0;
    const call = async <Result>(address: number, work: (chip: ChipModel) => Result | undefined): Promise<Result> => {
      under++;
      this.under++;
      this.most = Math.max(this.most, this.under);
      try {
        if (this.fault === "hang") {
          await new Promise<void>((resolve) => this.#held.push(resolve));
          throw errnoError("ETIMEDOUT");
        }
        await Promise.resolve();
        if (this.fault !== undefined) throw this.#error(this.fault);
        const chip = this.chips.get(address);
        const result = chip === undefined ? undefined : work(chip);
        if (result === undefined) throw errnoError("EREMOTEIO");
        return result;
      } finally {
        under--;
        this.under--;
      }
    };
    return {
      abilities: this.abilities,
      readBlock: (address, register, length) =>
        call(address, (chip) => (chip.write(Uint8Array.of(register)) ? chip.read(length) : undefined)),
      writeBlock: async (address, register, bytes) => {
        await call(address, (chip) => chip.write(Uint8Array.of(register, ...bytes)) || undefined);
      },
      read: (address, length) => call(address, (chip) => chip.read(length)),
      write: async (address, bytes) => {
        await call(address, (chip) => chip.write(bytes) || undefined);
      },
      close: async () => {
        if (under > 0) this.closedInUse++;
        this.open--;
      },
    };
  }
}
