/**
 * What the codec carries. Integers beyond ±(2^53 − 1) are `bigint`, all other numbers `number`; the encoder takes small bigints too, and they come
 * back as numbers. Map keys are text. Tags, other simple values and integer keys are outside.
 * @see RFC 8949 §2
 */
export type CborValue = null | undefined | boolean | number | bigint | string | Uint8Array | readonly CborValue[] | CborMap;
export interface CborMap {
  readonly [key: string]: CborValue;
}

/** Arrays and maps may lie in each other this deep. A deeper message is refused, not followed. */
export const maxCborDepth = 16;

/** True for arrays; narrows read-only ones too. */
export function isCborArray(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}
