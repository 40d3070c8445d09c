import { encodeUtf8 } from "../../base/utf8.ts";
import { packBits } from "../modbus/packed-bits.ts";
import type { ValueLayout } from "../point-config.ts";
import type { PointValue } from "../sample.ts";
import { toBcd } from "./bcd.ts";
import { placeBytes, swapsBytes } from "./byte-order.ts";
import { float16ToBits } from "./float16.ts";
import type { RegisterMask } from "./register-mask.ts";
import { scalingOf } from "./scaling.ts";
import { ValueOutOfRange, ValueTypeMismatch, ValueUnwritable } from "./value-errors.ts";
import { rawOfName } from "./value-names.ts";
import { halfOffset, integerRange, isBitArea, type NumberType, registersOf, sharesRegister, spanOf, typeOf } from "./value-type.ts";

/** As many digits as an integer of 64 bits has, and a sign. */
const decimalInteger = /^-?\d{1,20}$/;

/**
 * The bytes of a value: its registers, high byte first, or packed bits in bit areas.
 * @throws {ValueOutOfRange} {ValueTypeMismatch} · {ValueUnwritable} it shares its registers with others
 */
export function encodeValue(layout: ValueLayout, value: PointValue): Uint8Array {
  if (sharesRegister(layout)) throw new ValueUnwritable();
  const elements = elementsOf(layout, value);
  if (isBitArea(layout.area)) return packBits(elements.map((element) => truth(layout, element)));
  const type = typeOf(layout);
  const size = registersOf(type, layout.length) * 2;
  const target = new Uint8Array(spanOf(layout) * 2);
  for (const [i, element] of elements.entries()) {
    if (type === "string") putText(layout, element, target, i * size);
    else if (type !== "bool") putNumber(layout, type, element, target, i * size);
  }
  return target;
}

/**
 * The masked write of a value that shares its one register with others.
 * @throws {ValueOutOfRange} {ValueTypeMismatch}
 */
export function encodeMask(layout: ValueLayout, value: PointValue): RegisterMask {
  const type = typeOf(layout);
  if (type === "uint8" || type === "int8") {
    const shift = halfOffset(layout) === 0 ? 8 : 0;
    const raw = Number(BigInt.asUintN(8, integerOf(layout, type, value)));
    return { and: 0xff00 >> shift, or: raw << shift };
  }
  const flip = swapsBytes(layout.order ?? "ABCD") ? 8 : 0;
  let touched = 0;
  let or = 0;
  for (const [i, element] of elementsOf(layout, value).entries()) {
    const mask = 1 << (((layout.bit ?? 0) + i) ^ flip);
    touched |= mask;
    if (truth(layout, element)) or |= mask;
  }
  return { and: ~touched & 0xffff, or };
}

function isList(value: PointValue): value is readonly PointValue[] {
  return typeof value === "object";
}

function elementsOf(layout: ValueLayout, value: PointValue): readonly PointValue[] {
  if (layout.count === undefined) return [value];
  if (isList(value) && value.length === layout.count) return value;
  throw new ValueTypeMismatch(value, `a list of ${layout.count} values`);
}

function truth(layout: ValueLayout, value: PointValue): boolean {
  if (typeof value === "boolean") return value;
  if (layout.names === undefined || typeof value !== "string") throw new ValueTypeMismatch(value, `true or false${namesText(layout)}`);
  const raw = rawOfName(layout.names, value);
  if (raw === undefined) throw new ValueOutOfRange(value, `true or false${namesText(layout)}`);
  return raw === 1;
}

function namesText({ names }: ValueLayout): string {
  return names === undefined ? "" : ` or one of ${Object.values(names).join(", ")}`;
}

function putText({ length = 0, order = "ABCD" }: ValueLayout, value: PointValue, target: Uint8Array, at: number): void {
  if (typeof value !== "string") throw new ValueTypeMismatch(value, "text");
  const text = encodeUtf8(value);
  if (text.length > length) throw new ValueOutOfRange(value, `at most ${length} bytes of text, not ${text.length}`);
  const flip = swapsBytes(order) ? 1 : 0;
  for (let i = 0; i < text.length; i++) target[at + (i ^ flip)] = text[i] ?? 0;
}

function putNumber(layout: ValueLayout, type: NumberType, value: PointValue, target: Uint8Array, at: number): void {
  const size = registersOf(type) * 2;
  const view = new DataView(new ArrayBuffer(8));
  switch (type) {
    case "float16":
      view.setUint16(6, float16ToBits(floatOf(layout, type, value, 65_520)));
      break;
    case "float32":
      view.setFloat32(4, floatOf(layout, type, value, 3.4028235677973366e38));
      break;
    case "float64":
      view.setFloat64(0, floatOf(layout, type, value, Number.POSITIVE_INFINITY));
      break;
    case "bcd16":
    case "bcd32":
      view.setUint32(4, toBcd(Number(integerOf(layout, type, value))));
      break;
    default:
      view.setBigInt64(0, BigInt.asIntN(64, integerOf(layout, type, value)));
  }
  placeBytes(layout.order ?? "ABCD", new Uint8Array(view.buffer, 8 - size), target, at, size);
}

/** @param limit the smallest size that rounds to infinity */
function floatOf(layout: ValueLayout, type: NumberType, value: PointValue, limit: number): number {
  if (typeof value !== "number" && typeof value !== "bigint") throw new ValueTypeMismatch(value, "a number");
  const scaling = scalingOf(layout.scale, layout.offset);
  const raw = scaling === undefined ? Number(value) : scaling.raw(Number(value));
  if (!(Math.abs(raw) < limit)) throw new ValueOutOfRange(value, `a finite number that fits ${type}`);
  return raw;
}

/** The raw integer of a number, a name or, for 64 bits, a decimal string, which is how JSON carries what a number cannot. */
function integerOf(layout: ValueLayout, type: NumberType, value: PointValue): bigint {
  const raw = rawIntegerOf(layout, type, value);
  const range = integerRange(type);
  if (raw === undefined || range === undefined || raw < range.min || raw > range.max)
    throw new ValueOutOfRange(value, `${rangeText(layout, type)}${namesText(layout)}`);
  return raw;
}

/** Not yet held against the type's range; `undefined` for what no integer can be made of. */
function rawIntegerOf(layout: ValueLayout, type: NumberType, value: PointValue): bigint | undefined {
  const scaling = scalingOf(layout.scale, layout.offset);
  if (typeof value === "number" || typeof value === "bigint") {
    if (typeof value === "bigint" && scaling === undefined) return value;
    const raw = Math.round(scaling === undefined ? Number(value) : scaling.raw(Number(value)));
    return Number.isFinite(raw) ? BigInt(raw) : undefined;
  }
  if (typeof value === "string") {
    const named = layout.names === undefined ? undefined : rawOfName(layout.names, value);
    if (named !== undefined) return BigInt(named);
    if ((type === "uint64" || type === "int64") && scaling === undefined && decimalInteger.test(value)) return BigInt(value);
    if (layout.names !== undefined) return undefined;
  }
  throw new ValueTypeMismatch(value, `a number${namesText(layout)}`);
}

/** What a type can hold, in the point's unit. */
function rangeText(layout: ValueLayout, type: NumberType): string {
  const range = integerRange(type);
  if (range === undefined) return type;
  const scaling = scalingOf(layout.scale, layout.offset);
  if (scaling === undefined) return `${type}, ${range.min} to ${range.max}`;
  const a = scaling.value(Number(range.min));
  const b = scaling.value(Number(range.max));
  return `scaled ${type}, ${Math.min(a, b)} to ${Math.max(a, b)}`;
}
