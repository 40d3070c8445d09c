import type { ValueLayout } from "../point-config.ts";
import type { PointValue } from "../sample.ts";
import { compileDecoder, type DecodeValue } from "./decode-value.ts";
import { encodeMask, encodeValue } from "./encode-value.ts";
import type { RegisterMask } from "./register-mask.ts";
import { sharesRegister, spanOf } from "./value-type.ts";

/** A layout made ready for use: registers to value and back. */
export interface ValueCodec {
  /** Registers that the value takes; in bit areas, bits. */
  readonly span: number;
  /**
   * Reads the value in place, for example from a reply PDU.
   * Its offset is that of the value's first register, in bytes or, in bit areas, that of its first bit, in bits, counted from the start of `bytes`.
   * `undefined` where the bytes are not a value (NaN, infinity, four bits that are no decimal digit) or end too early. A list with one such element is none.
   * Integers are numbers while they are safe, else bigints; raw integers that have a name are that name.
   */
  readonly decode: DecodeValue;
  /**
   * The value as register bytes, high byte first, as functions 16 and 23 carry them; in bit areas as packed bits, as function 15 carries them.
   * Numbers are rounded to the nearest raw value; nothing wraps. Text is UTF-8, filled up with NULs.
   * 64-bit integers may come as decimal strings, and named integers as names.
   * @throws {ValueOutOfRange} the registers cannot hold it, NaN and infinity among that · {ValueTypeMismatch} it is of another kind ·
   * {ValueUnwritable} it shares registers with others: see `mask`
   */
  encode(value: PointValue): Uint8Array;
  /**
   * For a bit, some bits or half of one register, whose other bits must stay: the write as function 22 carries it. `undefined` for all other values.
   * @throws {ValueOutOfRange} {ValueTypeMismatch} as `encode`
   */
  readonly mask: ((value: PointValue) => RegisterMask) | undefined;
}

/** Compiles a layout that `checkLayout` accepts; do it once for each point, since decoding then costs next to nothing. */
export function compileValue(layout: ValueLayout): ValueCodec {
  const span = spanOf(layout);
  return {
    span,
    decode: compileDecoder(layout),
    encode: (value) => encodeValue(layout, value),
    mask: sharesRegister(layout) && span === 1 ? (value) => encodeMask(layout, value) : undefined,
  };
}
