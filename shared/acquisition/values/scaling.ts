/** Beyond this many decimal places a factor is meant as a fraction, such as 1/3, and not as a decimal number. */
const maxPlaces = 12;

/** `value = raw × scale + offset`, both ways. */
export interface Scaling {
  readonly value: (raw: number) => number;
  readonly raw: (value: number) => number;
}

/**
 * The conversion between raw numbers and a point's unit; `undefined` where there is none.
 * Decimal factors are applied as integers over a power of ten and divided once, so that 235 × 0.1 is 23.5 and not the next float above it:
 * for integers the result is the decimal number of the configuration's places, rounded once.
 */
export function scalingOf(scale = 1, offset = 0): Scaling | undefined {
  if (scale === 1 && offset === 0) return undefined;
  const places = Math.max(decimalPlaces(scale), decimalPlaces(offset));
  let power = 1;
  for (let i = 0; i < places && i <= maxPlaces; i++) power *= 10;
  const factor = Math.round(scale * power);
  const shift = Math.round(offset * power);
  if (places > maxPlaces || !Number.isSafeInteger(factor) || !Number.isSafeInteger(shift))
    return { value: (raw) => raw * scale + offset, raw: (value) => (value - offset) / scale };
  if (power === 1) return { value: (raw) => raw * factor + shift, raw: (value) => (value - shift) / factor };
  return { value: (raw) => (raw * factor + shift) / power, raw: (value) => (value * power - shift) / factor };
}

/** Rounds to decimal places, halves away from zero as people do it. A number too large to have so many places is left as it is. */
export function roundingOf(decimals: number): (value: number) => number {
  const power = 10 ** decimals;
  return (value) => {
    const scaled = Math.round(Math.abs(value) * power);
    return scaled <= Number.MAX_SAFE_INTEGER ? (value < 0 ? -scaled : scaled) / power : value;
  };
}

/** How many digits the shortest decimal form of a number has behind its point. */
function decimalPlaces(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  const point = digits.indexOf(".");
  return Math.max(0, (point < 0 ? 0 : digits.length - point - 1) - Number(exponent));
}
