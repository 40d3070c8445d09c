import { formatNumber } from "./format-number.ts";

/** A big number as the gateway writes it: decimal digits in a text, so that none is lost. */
const bigInteger = /^-?\d{16,40}$/;

/** A value of any sort in one line. `undefined` and `null` are a dash: there is no value. */
export function formatValue(value: unknown, decimals?: number): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return formatNumber(value, decimals);
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "string") return bigInteger.test(value) ? value.replace(/\B(?=(?:\d{3})+$)/g, "\u202f") : value;
  if (Array.isArray(value)) return value.map((part) => formatValue(part, decimals)).join(" · ");
  return JSON.stringify(value);
}
