/** So many digits are shown before a number is rounded or written with an exponent. */
const mostDigits = 15;

/** Digits behind the point that suit the size of a number: small numbers get more, and a number that moves a little keeps its width. */
export function decimalsFor(magnitude: number): number {
  const size = Math.abs(magnitude);
  if (size === 0) return 2;
  if (size < 0.001) return 6;
  if (size < 0.1) return 4;
  if (size < 10) return 3;
  if (size < 100) return 2;
  if (size < 10_000) return 1;
  return 0;
}

/** Groups digits by threes with a narrow space, which no number of any country is misread by. */
function grouped(digits: string): string {
  const negative = digits.startsWith("-");
  const [whole = "", fraction] = (negative ? digits.slice(1) : digits).split(".");
  const groups = whole.length > 4 ? whole.replace(/\B(?=(?:\d{3})+$)/g, "\u202f") : whole;
  return `${negative ? "\u2212" : ""}${groups}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** A number for people. Whole numbers stay whole; others are rounded by their size, so that a value that streams does not change its width. */
export function formatNumber(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "\u2212∞";
  const size = Math.abs(value);
  if (size >= 10 ** mostDigits || (size > 0 && size < 1e-6)) return value.toExponential(3).replace("e+", "e");
  if (Number.isInteger(value) && decimals === undefined) return grouped(String(value));
  const text = value.toFixed(decimals ?? decimalsFor(value));
  return grouped(/^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text);
}

/** A number with the digits that it has, as limits are written. */
export function formatExact(value: number): string {
  return Number.isFinite(value) && Math.abs(value) < 10 ** mostDigits && Math.abs(value) >= 1e-6
    ? grouped(String(value))
    : formatNumber(value);
}
