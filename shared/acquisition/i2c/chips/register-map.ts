import { sleep } from "../../../base/clock.ts";
import type { StopSignal } from "../../../base/stop-signal.ts";
import type { Millis } from "../../../base/units.ts";
import { ChipUnexpected } from "../chip-errors.ts";
import { hexAddress } from "../i2c-errors.ts";
import type { ChipPlace, Reading, SensorDriver } from "../sensor-driver.ts";
import { decodeField, type RegisterField } from "./register-field.ts";

/** Registers that are read in one transfer. */
export interface RegisterBlock {
  readonly register: number;
  /** 1 to 32 bytes. */
  readonly length: number;
}

/** All that is to be known of a chip that is read register by register. */
export interface RegisterMapSettings {
  readonly identity: { readonly register: number; readonly value: number } | undefined;
  readonly setup: readonly { readonly register: number; readonly bytes: readonly number[]; readonly wait: Millis }[];
  /** Blocks for fields that have to be of one moment; a field that lies in none is read by itself. */
  readonly blocks: readonly RegisterBlock[];
  /** By quantity. */
  readonly fields: ReadonlyMap<string, RegisterField>;
}

const holds = (block: RegisterBlock, { register, length }: RegisterField): boolean =>
  register >= block.register && register + length <= block.register + block.length;

/**
 * The transfers that bring the wanted fields. Fields that begin at one register share a transfer; fields are not joined otherwise, because
 * whether registers follow each other byte by byte, and what reading one does, is the chip's affair.
 */
export function planBlocks(
  { blocks, fields }: RegisterMapSettings,
  wanted: ReadonlySet<string>,
): ReadonlyMap<RegisterBlock, readonly string[]> {
  const plan = new Map<RegisterBlock, string[]>();
  const lengths = new Map<number, number>();
  for (const [quantity, field] of fields) {
    if (wanted.has(quantity)) lengths.set(field.register, Math.max(field.length, lengths.get(field.register) ?? 0));
  }
  const own = new Map([...lengths].map(([register, length]): [number, RegisterBlock] => [register, { register, length }]));
  for (const [quantity, field] of fields) {
    if (!wanted.has(quantity)) continue;
    const block = blocks.find((candidate) => holds(candidate, field)) ?? own.get(field.register);
    if (block === undefined) continue;
    const members = plan.get(block);
    if (members === undefined) plan.set(block, [quantity]);
    else members.push(quantity);
  }
  return plan;
}

/** Any chip whose registers hold the values: the configuration says where. */
export class RegisterMap implements SensorDriver {
  readonly quantities: readonly string[];
  readonly #chip: ChipPlace;
  readonly #settings: RegisterMapSettings;

  constructor(chip: ChipPlace, settings: RegisterMapSettings) {
    this.#chip = chip;
    this.#settings = settings;
    this.quantities = [...settings.fields.keys()];
  }

  async open(stop: StopSignal): Promise<void> {
    const { bus, address, clock } = this.#chip;
    const { identity, setup } = this.#settings;
    if (identity !== undefined) {
      const [found = 0] = await bus.readBlock(address, identity.register, 1, stop);
      if (found !== identity.value) {
        const what = `register ${hexAddress(identity.register)} holds ${hexAddress(found)}; expected ${hexAddress(identity.value)}`;
        throw new ChipUnexpected({ bus: bus.id, address }, what);
      }
    }
    for (const { register, bytes, wait } of setup) {
      await bus.writeBlock(address, register, Uint8Array.from(bytes), stop);
      if (wait > 0) await sleep(clock, wait, stop);
    }
  }

  async sample(wanted: ReadonlySet<string>, stop: StopSignal): Promise<ReadonlyMap<string, Reading>> {
    const { bus, address } = this.#chip;
    const readings = new Map<string, Reading>();
    for (const [block, quantities] of planBlocks(this.#settings, wanted)) {
      const bytes = await bus.readBlock(address, block.register, block.length, stop);
      for (const quantity of quantities) {
        const field = this.#settings.fields.get(quantity);
        if (field !== undefined) readings.set(quantity, decodeField(bytes, field.register - block.register, field));
      }
    }
    return readings;
  }
}
