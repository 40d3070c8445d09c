import type { RegisterArea, ValueLayout, ValueType } from "../point-config.ts";

/** What the registers of one value hold, as numbers. */
export type NumberType = Exclude<ValueType, "bool" | "string">;

/** True in the two tables of single bits. */
export function isBitArea(area: RegisterArea): boolean {
  return area === "coil" || area === "discrete";
}

/** The type that a layout has or, where it names none, gets: bool in bit areas, uint16 in registers. */
export function typeOf(layout: ValueLayout): ValueType {
  return layout.type ?? (isBitArea(layout.area) ? "bool" : "uint16");
}

/** Registers that one value takes, in registers. A string of odd length leaves the last low byte unused. */
export function registersOf(type: ValueType, length = 0): number {
  switch (type) {
    case "uint32":
    case "int32":
    case "float32":
    case "bcd32":
      return 2;
    case "uint64":
    case "int64":
    case "float64":
      return 4;
    case "string":
      return (length + 1) >> 1;
    default:
      return 1;
  }
}

/**
 * Everything that a layout takes, arrays included: bits in bit areas, registers otherwise.
 * An array of bools in registers goes on from `bit` to the next higher bits and registers; every other array goes from one value's registers to the next.
 */
export function spanOf(layout: ValueLayout): number {
  const count = layout.count ?? 1;
  if (isBitArea(layout.area)) return count;
  const type = typeOf(layout);
  return type === "bool" ? ((layout.bit ?? 0) + count + 15) >> 4 : registersOf(type, layout.length) * count;
}

/** True where a value shares its register with others: a bit or half of a register. */
export function sharesRegister(layout: ValueLayout): boolean {
  const type = typeOf(layout);
  return !isBitArea(layout.area) && (type === "bool" || type === "uint8" || type === "int8");
}

/** The byte of a register, in wire order, that holds an 8-bit value: 0 or 1. A layout that names no half means the low one. */
export function halfOffset(layout: ValueLayout): 0 | 1 {
  const swapped = layout.order === "BADC" || layout.order === "DCBA";
  return (layout.byte === "high") === swapped ? 1 : 0;
}

/** Smallest and largest raw integer of a type; `undefined` for floats. */
export function integerRange(type: NumberType): { readonly min: bigint; readonly max: bigint } | undefined {
  switch (type) {
    case "uint8":
      return { min: 0n, max: 0xffn };
    case "int8":
      return { min: -0x80n, max: 0x7fn };
    case "uint16":
      return { min: 0n, max: 0xffffn };
    case "int16":
      return { min: -0x8000n, max: 0x7fffn };
    case "uint32":
      return { min: 0n, max: 0xffffffffn };
    case "int32":
      return { min: -0x80000000n, max: 0x7fffffffn };
    case "uint64":
      return { min: 0n, max: 0xffffffffffffffffn };
    case "int64":
      return { min: -0x8000000000000000n, max: 0x7fffffffffffffffn };
    case "bcd16":
      return { min: 0n, max: 9999n };
    case "bcd32":
      return { min: 0n, max: 99_999_999n };
    default:
      return undefined;
  }
}

/** True where one request can write the value: not for bits or halves that lie in several registers. */
export function isWritable(layout: ValueLayout): boolean {
  return !sharesRegister(layout) || spanOf(layout) === 1;
}
