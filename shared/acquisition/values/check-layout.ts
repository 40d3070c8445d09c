import { QuantityLimit } from "../modbus/modbus-function.ts";
import type { ValueLayout, ValueType } from "../point-config.ts";
import { integerRange, isBitArea, spanOf, typeOf } from "./value-type.ts";

/** Says in one sentence what is contradictory in a layout; `undefined` for one that `compileValue` can use. */
export function checkLayout(layout: ValueLayout): string | undefined {
  const type = typeOf(layout);
  return (
    (isBitArea(layout.area) ? checkBits(layout, type) : checkRegisters(layout, type)) ??
    checkNumbers(layout, type) ??
    checkNames(layout, type) ??
    checkSpan(layout)
  );
}

function checkBits(layout: ValueLayout, type: ValueType): string | undefined {
  if (type !== "bool") return `type ${type} needs registers, but area ${layout.area} holds single bits`;
  if (layout.bit !== undefined) return `bit picks a bit of a register, but area ${layout.area} holds single bits`;
  if (layout.order !== undefined) return `order is that of a register's bytes, but area ${layout.area} holds single bits`;
  return checkForeign(layout, type);
}

function checkRegisters(layout: ValueLayout, type: ValueType): string | undefined {
  if (type === "bool" && layout.bit === undefined) return `type bool in area ${layout.area} needs bit, the bit of the register`;
  if (type !== "bool" && layout.bit !== undefined) return `bit ${layout.bit} needs type bool, not ${type}`;
  if (type === "string" && layout.length === undefined) return "type string needs length, its length in bytes";
  if (type === "string" && (layout.order === "CDAB" || layout.order === "DCBA"))
    return `order ${layout.order} has no meaning for type string: expected ABCD, or BADC where each register holds its second character first`;
  return checkForeign(layout, type);
}

/** Fields that only some types have. */
function checkForeign(layout: ValueLayout, type: ValueType): string | undefined {
  if (layout.byte !== undefined && type !== "uint8" && type !== "int8") return `byte ${layout.byte} needs type uint8 or int8, not ${type}`;
  if (layout.length !== undefined && type !== "string") return `length needs type string, not ${type}`;
  return undefined;
}

function checkNumbers(layout: ValueLayout, type: ValueType): string | undefined {
  const { scale, offset, decimals } = layout;
  if (decimals !== undefined && (type === "bool" || type === "string")) return `decimals needs a type of numbers, not ${type}`;
  if (scale === undefined && offset === undefined) return undefined;
  if (type === "bool" || type === "string") return `${scale === undefined ? "offset" : "scale"} needs a type of numbers, not ${type}`;
  if (scale === 0) return "scale is 0, which would make every value the same";
  if (!Number.isFinite(scale ?? 1) || !Number.isFinite(offset ?? 0)) return "scale and offset must be finite numbers";
  return undefined;
}

function checkNames(layout: ValueLayout, type: ValueType): string | undefined {
  if (layout.names === undefined) return undefined;
  const range = type === "bool" ? { min: 0n, max: 1n } : type === "string" ? undefined : integerRange(type);
  if (range === undefined) return `names need a type of integers, not ${type}`;
  for (const key of Object.keys(layout.names)) {
    const raw = Number(key);
    if (!Number.isSafeInteger(raw) || String(raw) !== key) return `names has the key "${key}", which is not a plain integer`;
    if (BigInt(raw) < range.min || BigInt(raw) > range.max)
      return `names has the key "${key}", which type ${type} cannot hold: expected ${range.min} to ${range.max}`;
  }
  return undefined;
}

/** A value is read by one request, so that its parts are of one moment. */
function checkSpan(layout: ValueLayout): string | undefined {
  const span = spanOf(layout);
  const [limit, what] = isBitArea(layout.area) ? [QuantityLimit.readBits, "bits"] : [QuantityLimit.readRegisters, "registers"];
  if (span > limit) return `the value takes ${span} ${what}, but one request reads at most ${limit}`;
  if (layout.address + span > 0x10000) return `the value takes ${span} ${what} from address ${layout.address}, which reaches beyond 65535`;
  return undefined;
}
