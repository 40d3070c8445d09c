import type { ByteOrder, ValueLayout } from "../point-config.ts";
import type { PointValue } from "../sample.ts";
import { fromBcd } from "./bcd.ts";
import { halves, longReader, type ReadBits, swapsBytes, wordReader } from "./byte-order.ts";
import { float16FromBits } from "./float16.ts";
import { decodeText } from "./register-text.ts";
import { roundingOf, scalingOf } from "./scaling.ts";
import { nameTable } from "./value-names.ts";
import { halfOffset, isBitArea, type NumberType, registersOf, typeOf } from "./value-type.ts";

/** Reads one value; `undefined` where the bytes are not a value or end too early. */
export type DecodeValue = (bytes: Uint8Array, offset: number) => PointValue | undefined;

/**
 * The decoder of a layout; everything that depends on the layout is decided here, once.
 * Its offset is that of the value's first register, in bytes or, in bit areas, that of its first bit, in bits.
 */
export function compileDecoder(layout: ValueLayout): DecodeValue {
  const type = typeOf(layout);
  const { count } = layout;
  if (isBitArea(layout.area)) return count === undefined ? coilDecoder(layout) : listDecoder(coilDecoder(layout), count, 1);
  if (type === "bool") return count === undefined ? bitDecoder(layout, 0) : bitListDecoder(layout, count);
  const decode = type === "string" ? textDecoder(layout) : numberDecoder(layout, type);
  return count === undefined ? decode : listDecoder(decode, count, registersOf(type, layout.length) * 2);
}

function listDecoder(decode: DecodeValue, count: number, step: number): DecodeValue {
  return (bytes, offset) => {
    const values: PointValue[] = [];
    for (let i = 0; i < count; i++) {
      const value = decode(bytes, offset + i * step);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

function coilDecoder({ names }: ValueLayout): DecodeValue {
  const on = names?.["1"] ?? true;
  const off = names?.["0"] ?? false;
  return (bytes, offset) => {
    const byte = bytes[offset >> 3];
    return byte === undefined ? undefined : ((byte >> (offset & 7)) & 1) === 1 ? on : off;
  };
}

/** A bit of a register, `further` bits behind the one that the layout names. */
function bitDecoder(layout: ValueLayout, further: number): DecodeValue {
  const on = layout.names?.["1"] ?? true;
  const off = layout.names?.["0"] ?? false;
  const bit = (layout.bit ?? 0) + further;
  const lowAt = swapsBytes(layout.order ?? "ABCD") ? 0 : 1;
  const at = (bit >> 4) * 2 + (((bit >> 3) & 1) ^ lowAt);
  const mask = 1 << (bit & 7);
  return (bytes, offset) => {
    const byte = bytes[offset + at];
    return byte === undefined ? undefined : (byte & mask) !== 0 ? on : off;
  };
}

function bitListDecoder(layout: ValueLayout, count: number): DecodeValue {
  const bits: DecodeValue[] = [];
  for (let i = 0; i < count; i++) bits.push(bitDecoder(layout, i));
  return (bytes, offset) => {
    const values: PointValue[] = [];
    for (const decode of bits) {
      const value = decode(bytes, offset);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

function textDecoder({ length = 0, order = "ABCD" }: ValueLayout): DecodeValue {
  const size = length + (length & 1);
  if (!swapsBytes(order)) return (bytes, offset) => (offset + size > bytes.length ? undefined : decodeText(bytes, offset, offset + length));
  return (bytes, offset) => {
    if (offset + size > bytes.length) return undefined;
    const text = new Uint8Array(length);
    for (let i = 0; i < length; i++) text[i] = bytes[offset + (i ^ 1)] ?? 0;
    return decodeText(text, 0, length);
  };
}

function numberDecoder(layout: ValueLayout, type: NumberType): DecodeValue {
  const order = layout.order ?? "ABCD";
  const names = layout.names === undefined ? undefined : nameTable(layout.names);
  const convert = conversionOf(layout, type);
  if (type === "uint64" || type === "int64") return wideDecoder(order, type === "int64", names, convert);
  const read = rawReader(type, order, halfOffset(layout));
  const size = registersOf(type) * 2;
  // Only these have bytes that are no number.
  const gaps = type === "float16" || type === "float32" || type === "float64" || type === "bcd16" || type === "bcd32";
  if (names !== undefined)
    return (bytes, offset) => {
      if (offset + size > bytes.length) return undefined;
      const raw = read(bytes, offset);
      const name = names.get(raw);
      return name ?? finite(convert === undefined ? raw : convert(raw));
    };
  if (convert === undefined && !gaps) return (bytes, offset) => (offset + size > bytes.length ? undefined : read(bytes, offset));
  if (convert === undefined) return (bytes, offset) => (offset + size > bytes.length ? undefined : finite(read(bytes, offset)));
  return (bytes, offset) => (offset + size > bytes.length ? undefined : finite(convert(read(bytes, offset))));
}

/** From the raw number to the point's unit, rounded where the layout says so; `undefined` where raw is what is wanted. */
function conversionOf({ scale, offset, decimals }: ValueLayout, type: NumberType): ((raw: number) => number) | undefined {
  const scaled = scalingOf(scale, offset)?.value;
  const fractions = scaled !== undefined || type === "float16" || type === "float32" || type === "float64";
  if (decimals === undefined || !fractions) return scaled;
  const rounded = roundingOf(decimals);
  return scaled === undefined ? rounded : (raw) => rounded(scaled(raw));
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Reads the raw number of every type of at most 32 bits, and of float64. Non-finite floats and NaN for bad digits are passed on. */
function rawReader(type: Exclude<NumberType, "uint64" | "int64">, order: ByteOrder, half: 0 | 1): ReadBits {
  const word = wordReader(order);
  const long = longReader(order);
  switch (type) {
    case "uint8":
      return (bytes, at) => bytes[at + half] ?? 0;
    case "int8":
      return (bytes, at) => ((bytes[at + half] ?? 0) << 24) >> 24;
    case "uint16":
      return word;
    case "int16":
      return (bytes, at) => (word(bytes, at) << 16) >> 16;
    case "uint32":
      return (bytes, at) => long(bytes, at) >>> 0;
    case "int32":
      return long;
    case "float16":
      return (bytes, at) => float16FromBits(word(bytes, at));
    case "float32": {
      const scratch = new DataView(new ArrayBuffer(4));
      return (bytes, at) => {
        scratch.setInt32(0, long(bytes, at));
        return scratch.getFloat32(0);
      };
    }
    case "float64": {
      const scratch = new DataView(new ArrayBuffer(8));
      const { high, low } = halves(order);
      return (bytes, at) => {
        scratch.setInt32(0, long(bytes, at + high));
        scratch.setInt32(4, long(bytes, at + low));
        return scratch.getFloat64(0);
      };
    }
    case "bcd16":
      return (bytes, at) => fromBcd(word(bytes, at), 4);
    case "bcd32":
      return (bytes, at) => fromBcd(long(bytes, at), 8);
  }
}

/** 64-bit integers: numbers where they are safe, else bigints; scaled ones are always numbers. */
function wideDecoder(
  order: ByteOrder,
  signed: boolean,
  names: ReadonlyMap<number, string> | undefined,
  convert: ((raw: number) => number) | undefined,
): DecodeValue {
  const long = longReader(order);
  const { high, low } = halves(order);
  return (bytes, offset) => {
    if (offset + 8 > bytes.length) return undefined;
    const upper = signed ? long(bytes, offset + high) : long(bytes, offset + high) >>> 0;
    const lower = long(bytes, offset + low) >>> 0;
    const raw = upper * 0x100000000 + lower;
    const name = names?.get(raw);
    if (name !== undefined) return name;
    if (convert !== undefined) return finite(convert(raw));
    return Number.isSafeInteger(raw) ? raw : (BigInt(upper) << 32n) | BigInt(lower);
  };
}
