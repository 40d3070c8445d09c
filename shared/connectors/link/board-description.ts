/** What one feature holds, as JSON. */
export const DescribedType = { number: "number", boolean: "boolean", text: "text", list: "list", object: "object" } as const;
export type DescribedType = (typeof DescribedType)[keyof typeof DescribedType];

/** What a board says of one of its features, beside the values. */
export interface DescribedFeature {
  readonly id: string;
  readonly type: DescribedType;
  /** Commands to it are carried out. */
  readonly writable: boolean;
  /** Physical unit, as in `m3/h`. */
  readonly unit?: string;
  /** Bounds of what may be written. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The only values that may be written. */
  readonly values?: readonly (boolean | number | string)[];
  /** Milliseconds between two samples, as in force. */
  readonly period?: number;
  readonly description?: string;
}

/** A thing that a board brings. */
export interface DescribedThing {
  readonly id: string;
  readonly name?: string;
  readonly features: readonly DescribedFeature[];
}

/** All that a board has: itself first, then its devices and sensors. */
export interface BoardDescription {
  /** 32 hexadecimal digits; equal only where all the rest is. */
  readonly hash: string;
  readonly things: readonly DescribedThing[];
}
