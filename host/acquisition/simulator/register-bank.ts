import { ExceptionCode } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import type { RegisterArea } from "../../../shared/acquisition/point-config.ts";
import type { PumpCommand, PumpStation } from "../pump-station/pump-station.ts";
import { pumpStationRegisters, registerBlocks } from "./pump-station-registers.ts";
import { fromWords, toWords, wordCount } from "./register-words.ts";
import type { StationRegister } from "./station-register.ts";

/** The pump station seen as the four tables of a Modbus unit; coils and discrete inputs are words of 0 or 1. */
export class RegisterBank {
  readonly #station: PumpStation;
  readonly #byArea: Readonly<Record<RegisterArea, readonly StationRegister[]>>;

  constructor(parts: { readonly station: PumpStation }) {
    this.#station = parts.station;
    const inArea = (area: RegisterArea): readonly StationRegister[] =>
      pumpStationRegisters.filter((register) => register.layout.area === area);
    this.#byArea = { coil: inArea("coil"), discrete: inArea("discrete"), input: inArea("input"), holding: inArea("holding") };
  }

  /** `count` words from `address`, or the exception that reading them earns. */
  read(area: RegisterArea, address: number, count: number): readonly number[] | ExceptionCode {
    if (address + count > registerBlocks[area]) return ExceptionCode.illegalDataAddress;
    const words = Array.from({ length: count }, () => 0);
    for (const register of this.#byArea[area]) {
      const start = register.layout.address;
      if (start >= address + count || start + wordCount(register.layout) <= address) continue;
      for (const [index, word] of this.#wordsOf(register).entries()) {
        const at = start + index - address;
        // Several bits share a word: add what each brings.
        if (at >= 0 && at < count) words[at] = (words[at] ?? 0) | word;
      }
    }
    return words;
  }

  /** Takes all `words` from `address` on, or none and gives the exception. A value of several registers must be written whole. */
  write(area: "coil" | "holding", address: number, words: readonly number[]): ExceptionCode | undefined {
    const end = address + words.length;
    const targets = this.#byArea[area].filter(({ layout }) => layout.address < end && layout.address + wordCount(layout) > address);
    const claimed = new Map<number, number>();
    let command: PumpCommand = {};
    for (const { layout, write } of targets) {
      const size = wordCount(layout);
      if (write === undefined || layout.address < address || layout.address + size > end) return ExceptionCode.illegalDataAddress;
      const own = words.slice(layout.address - address, layout.address - address + size);
      for (let at = layout.address; at < layout.address + size; at++) {
        claimed.set(at, (claimed.get(at) ?? 0) | (layout.bit === undefined ? 0xffff : 1 << layout.bit));
      }
      const part = write(area === "coil" ? own[0] !== 0 : fromWords(layout, own));
      if (part === undefined) return ExceptionCode.illegalDataValue;
      command = { ...command, ...part };
    }
    for (const [index, word] of words.entries()) {
      const mask = claimed.get(address + index);
      if (mask === undefined) return ExceptionCode.illegalDataAddress;
      if ((word & ~mask) !== 0) return ExceptionCode.illegalDataValue;
    }
    const result = this.#station.command(command);
    if (result === "done") return undefined;
    return result === "unsound" ? ExceptionCode.illegalDataValue : ExceptionCode.serverDeviceFailure;
  }

  #wordsOf(register: StationRegister): readonly number[] {
    const value = register.read(this.#station);
    return register.layout.area === "coil" || register.layout.area === "discrete"
      ? [value === true ? 1 : 0]
      : toWords(register.layout, value);
  }
}
