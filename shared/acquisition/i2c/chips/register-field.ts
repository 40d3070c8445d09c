/** Where a number lies in the registers of a chip. */
export interface RegisterField {
  /** First register. */
  readonly register: number;
  /** Bytes, 1 to 8. */
  readonly length: number;
  /** Two's complement. */
  readonly signed: boolean;
  readonly order: "big" | "little";
  /** Bits dropped at the low end. */
  readonly shift: number;
  /** Bits kept above those. */
  readonly bits: number;
}

/** A field as a configuration says it: what is left out has its default. */
export interface RegisterFieldConfig {
  readonly register: number;
  readonly length?: number;
  readonly signed?: boolean;
  readonly order?: "big" | "little";
  readonly shift?: number;
  readonly bits?: number;
}

/** Beyond so many bytes numbers are no longer exact on the way. */
const exactBytes = 6;

/** The number of a field. @param bytes holds the field from `at` on · @returns a `bigint` only beyond ±(2^53−1) */
export function decodeField(bytes: Uint8Array, at: number, field: RegisterField): number | bigint {
  return field.length <= exactBytes ? decodeSmall(bytes, at, field) : decodeLarge(bytes, at, field);
}

function decodeSmall(bytes: Uint8Array, at: number, { length, order, shift, bits, signed }: RegisterField): number {
  let raw = 0;
  for (let i = 0; i < length; i++) raw = raw * 256 + (bytes[order === "big" ? at + i : at + length - 1 - i] ?? 0);
  const size = 2 ** bits;
  const kept = Math.floor(raw / 2 ** shift) % size;
  return signed && kept >= size / 2 ? kept - size : kept;
}

function decodeLarge(bytes: Uint8Array, at: number, { length, order, shift, bits, signed }: RegisterField): number | bigint {
  let raw = 0n;
  for (let i = 0; i < length; i++) raw = (raw << 8n) | BigInt(bytes[order === "big" ? at + i : at + length - 1 - i] ?? 0);
  const kept = raw >> BigInt(shift);
  const value = signed ? BigInt.asIntN(bits, kept) : BigInt.asUintN(bits, kept);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
