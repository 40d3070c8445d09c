import { ExceptionCode } from "../../acquisition/modbus/modbus-errors.ts";
import { bitAt } from "../../acquisition/modbus/packed-bits.ts";
import type { RegisterArea } from "../../acquisition/point-config.ts";
import { type PointValue, Quality, type Sample } from "../../acquisition/sample.ts";
import { compileValue, type ValueCodec } from "../../acquisition/values/value-codec.ts";
import { isBitArea } from "../../acquisition/values/value-type.ts";
import { EdgeError } from "../../base/edge-error.ts";
import type { ResolvedModbusServer, ResolvedRegister } from "./resolve-modbus-server.ts";

/** A value that a client wants a point to have. */
export interface WantedValue {
  readonly thing: string;
  readonly feature: string;
  readonly value: PointValue;
  /** What the point reports, where that can be trusted. */
  readonly reported: PointValue | undefined;
  /** The same was wanted here the last time: clients that write in cycles say it again and again. */
  readonly repeated: boolean;
  /** Remembers that it was taken. */
  readonly taken: () => void;
}

/** One served value as it stands. */
interface Slot {
  readonly register: ResolvedRegister;
  readonly codec: ValueCodec;
  /** The last value there was, trusted or not. */
  value: PointValue | undefined;
  quality: Quality;
  /** {@link value} as it goes on the wire; made when first asked for. */
  encoded: Uint8Array | "unfit" | undefined;
  /** What was last written here, as registers. */
  written: Uint8Array | undefined;
}

const decimalInteger = /^-?\d{1,20}$/;
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);

/** What a register can hold of a point's value: truth is 0 or 1 in a register of numbers, and large integers come as text from where JSON was between. */
function served({ kind, layout }: ResolvedRegister, value: PointValue): PointValue {
  if (typeof value === "boolean" && layout.type !== "bool") return value ? 1 : 0;
  if (
    kind === "number" &&
    layout.type !== "string" &&
    layout.names === undefined &&
    typeof value === "string" &&
    decimalInteger.test(value)
  ) {
    return BigInt(value);
  }
  return value;
}

/** What a point is to hold when a client writes `value`; `undefined` for what it cannot hold. */
function wanted({ kind, layout }: ResolvedRegister, value: PointValue | undefined): PointValue | undefined {
  if (kind !== "bool" || layout.type === "bool") return value;
  return value === 0 ? false : value === 1 ? true : undefined;
}

/** The four tables of the Modbus server: what points report, laid out as registers, and what clients write, taken apart into points. */
export class RegisterImage {
  readonly #areas: Readonly<Record<RegisterArea, ReadonlyMap<number, Slot>>>;
  readonly #sources = new Map<string, Map<string, Slot[]>>();
  readonly #serveLast: boolean;
  /** Values that were asked for and did not fit into their registers. */
  unfit = 0;

  constructor({ registers, whenBad }: Pick<ResolvedModbusServer, "registers" | "whenBad">) {
    this.#serveLast = whenBad === "last";
    const areas = { coil: new Map<number, Slot>(), discrete: new Map(), input: new Map(), holding: new Map() };
    for (const register of registers) {
      const slot: Slot = {
        register,
        codec: compileValue(register.layout),
        value: undefined,
        quality: Quality.stale,
        encoded: undefined,
        written: undefined,
      };
      areas[register.area].set(register.layout.address, slot);
      const features = this.#sources.get(register.thing) ?? new Map<string, Slot[]>();
      this.#sources.set(register.thing, features);
      const slots = features.get(register.feature);
      if (slots === undefined) features.set(register.feature, [slot]);
      else slots.push(slot);
    }
    this.#areas = areas;
  }

  /** Points that are served, each once. */
  *points(): Iterable<{ readonly thing: string; readonly feature: string }> {
    for (const [thing, features] of this.#sources) for (const feature of features.keys()) yield { thing, feature };
  }

  /** Takes up samples as they come; those of points that are not served are passed over. */
  accept(samples: readonly Sample[]): void {
    for (const sample of samples) {
      const slots = this.#sources.get(sample.thing)?.get(sample.feature);
      if (slots === undefined) continue;
      for (const slot of slots) {
        slot.quality = sample.quality;
        if (sample.value === null) continue;
        slot.value = sample.value;
        slot.encoded = undefined;
      }
    }
  }

  /**
   * What a read is answered with: register bytes or, in bit areas, packed bits; else the exception. Values are read whole or not at all, so that none is torn.
   * 02: not served, or a part of a value · 04: not to be trusted, never measured, or too large for its registers
   */
  read(area: RegisterArea, address: number, quantity: number): Uint8Array | ExceptionCode {
    const slots = this.#slotsIn(area, address, quantity);
    if (slots === undefined) return ExceptionCode.illegalDataAddress;
    const bits = isBitArea(area);
    const data = new Uint8Array(bits ? (quantity + 7) >> 3 : quantity * 2);
    for (const slot of slots) {
      const value = this.#valueOf(slot);
      if (value === undefined) return ExceptionCode.serverDeviceFailure;
      const at = slot.register.layout.address - address;
      if (!bits) data.set(value, at * 2);
      else if (bitAt(value, 0)) data[at >> 3] = (data[at >> 3] ?? 0) | (1 << (at & 7));
    }
    return data;
  }

  /**
   * What a write means for the points it covers; else the exception. All of it or nothing.
   * 02: not served, not to be written, or a part of a value · 03: no value of the point
   * @param data register bytes or, for coils, packed bits
   */
  write(area: "coil" | "holding", address: number, quantity: number, data: Uint8Array): readonly WantedValue[] | ExceptionCode {
    const slots = this.#slotsIn(area, address, quantity);
    if (slots === undefined || slots.some(({ register }) => !register.write)) return ExceptionCode.illegalDataAddress;
    const all: WantedValue[] = [];
    for (const slot of slots) {
      const at = slot.register.layout.address - address;
      const own = area === "coil" ? Uint8Array.of(bitAt(data, at) ? 1 : 0) : data.slice(at * 2, (at + slot.codec.span) * 2);
      const value = wanted(slot.register, slot.codec.decode(own, 0));
      if (value === undefined) return ExceptionCode.illegalDataValue;
      const { thing, feature } = slot.register;
      all.push({
        thing,
        feature,
        value,
        reported: slot.quality === Quality.good ? slot.value : undefined,
        repeated: slot.written !== undefined && sameBytes(slot.written, own),
        taken: () => {
          slot.written = own;
        },
      });
    }
    return all;
  }

  /** The values that fill a range without remainder; `undefined` where it has a hole or cuts one. */
  #slotsIn(area: RegisterArea, address: number, quantity: number): readonly Slot[] | undefined {
    const slots: Slot[] = [];
    const end = address + quantity;
    for (let at = address; at < end; ) {
      const slot = this.#areas[area].get(at);
      if (slot === undefined || at + slot.codec.span > end) return undefined;
      slots.push(slot);
      at += slot.codec.span;
    }
    return slots;
  }

  #valueOf(slot: Slot): Uint8Array | undefined {
    const trusted = slot.quality === Quality.good || slot.quality === Quality.uncertain;
    if (slot.value === undefined || !(trusted || this.#serveLast)) return undefined;
    slot.encoded ??= this.#encode(slot, slot.value);
    return slot.encoded === "unfit" ? undefined : slot.encoded;
  }

  #encode({ register, codec }: Slot, value: PointValue): Uint8Array | "unfit" {
    try {
      return codec.encode(served(register, value));
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      this.unfit += 1;
      return "unfit";
    }
  }
}
