/** The value of a half-precision float's 16 bits. IEEE 754-2019 §3.4, binary16. */
export function float16FromBits(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (exponent === 0) return (sign * fraction) / 0x1000000;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // 2 ** (exponent - 25), from two integer powers that 32 bits hold
  return exponent > 25 ? sign * (0x400 + fraction) * (1 << (exponent - 25)) : (sign * (0x400 + fraction)) / (1 << (25 - exponent));
}

/** The bits of the half-precision float nearest to a number, ties to even; infinity from 65520 on. IEEE 754-2019 §4.3.1. */
export function float16ToBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  // A mantissa that rounds up to the next power of two carries into the exponent by itself.
  let exponent = 1;
  let unit = 1 / 0x1000000;
  while (size >= unit * 0x800) {
    exponent++;
    unit *= 2;
  }
  const mantissa = roundToEven(size / unit);
  return sign | (mantissa + (exponent - 1) * 0x400);
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
