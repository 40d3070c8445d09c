/** The number in a row of binary coded decimal digits, four bits each; NaN where four bits are not a digit. */
export function fromBcd(bits: number, digits: number): number {
  let value = 0;
  for (let shift = digits * 4 - 4; shift >= 0; shift -= 4) {
    const digit = (bits >>> shift) & 0xf;
    if (digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** A number of at most eight digits as binary coded decimal, unsigned. */
export function toBcd(value: number): number {
  let bits = 0;
  let rest = value;
  for (let shift = 0; rest > 0; shift += 4) {
    bits |= (rest % 10) << shift;
    rest = Math.floor(rest / 10);
  }
  return bits >>> 0;
}
