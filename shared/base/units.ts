declare const unit: unique symbol;

/** A number that carries its unit in its type; made only by the functions of this file. */
export type Unit<Name extends string> = number & { readonly [unit]: Name };

/** A span of time, milliseconds. */
export type Millis = Unit<"ms">;
/** A point on the wall clock, milliseconds since 1970-01-01T00:00:00Z. It may jump when the clock is set. */
export type Instant = Unit<"epoch ms">;
/** An amount of memory or storage, bytes. */
export type Bytes = Unit<"B">;

export const millis = (value: number): Millis => value as Millis;
export const instant = (value: number): Instant => value as Instant;
export const bytes = (value: number): Bytes => value as Bytes;
