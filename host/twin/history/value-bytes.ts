import type { JsonValue } from "../../../shared/base/json.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { HistoryDamaged } from "./history-errors.ts";

/** How a value is kept; the numbers are on disk, and fit four bits. Digits behind the point are the form less that of whole numbers. */
const Form = {
  null: 0,
  false: 1,
  true: 2,
  whole: 3,
  tenths: 4,
  hundredths: 5,
  thousandths: 6,
  float32: 7,
  float64: 8,
  text: 9,
  json: 10,
} as const;

/** Beyond it a float is shorter than digits. */
const longest = 2 ** 34;

/** The form in which a value is kept shortest, so that it comes back exactly. 0 to 10. */
export function formOf(value: JsonValue): number {
  switch (typeof value) {
    case "number":
      return formOfNumber(value);
    case "boolean":
      return value ? Form.true : Form.false;
    case "string":
      return Form.text;
    default:
      return value === null ? Form.null : Form.json;
  }
}

function formOfNumber(value: number): number {
  if (Math.abs(value) < longest) {
    if (Number.isInteger(value)) return Object.is(value, -0) ? Form.float32 : Form.whole;
    // Most measured values are scaled decimals: 21.35 takes three bytes as hundredths, and eight as a float.
    if (Math.round(value * 10) / 10 === value) return Form.tenths;
    if (Math.round(value * 100) / 100 === value) return Form.hundredths;
    if (Math.round(value * 1000) / 1000 === value) return Form.thousandths;
  }
  return Object.is(Math.fround(value), value) ? Form.float32 : Form.float64;
}

/** Writes a value in a form that {@link formOf} gave for it. */
export function writeValue(writer: ByteWriter, value: JsonValue, form: number): void {
  if (typeof value === "number") writeNumber(writer, value, form);
  else if (typeof value === "string") writer.text(value);
  else if (form === Form.json) writer.text(JSON.stringify(value));
}

function writeNumber(writer: ByteWriter, value: number, form: number): void {
  if (form === Form.float64) writer.float64(value);
  else if (form === Form.float32) writer.float32(value);
  else writer.whole(Math.round(value * (form === Form.whole ? 1 : 10 ** (form - Form.whole))));
}

/** @throws {HistoryDamaged} */
export function readValue(reader: ByteReader, form: number): JsonValue {
  switch (form) {
    case Form.null:
      return null;
    case Form.false:
      return false;
    case Form.true:
      return true;
    case Form.text:
      return reader.text();
    case Form.json:
      return parsed(reader.text());
    default:
      return readNumber(reader, form);
  }
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw new HistoryDamaged("a value that is no JSON");
  }
}

/** A number in a form that {@link formOf} gave for it. @throws {HistoryDamaged} */
export function readNumber(reader: ByteReader, form: number): number {
  switch (form) {
    case Form.whole:
      return reader.whole();
    case Form.tenths:
      return reader.whole() / 10;
    case Form.hundredths:
      return reader.whole() / 100;
    case Form.thousandths:
      return reader.whole() / 1000;
    case Form.float32:
      return reader.float32();
    case Form.float64:
      return reader.float64();
    default:
      throw new HistoryDamaged(`a value of form ${form}`);
  }
}
