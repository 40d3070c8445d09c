import type { Instant } from "../base/units.ts";

/**
 * How far a value can be trusted.
 * `good` measured in this cycle · `uncertain` the last answer failed but the value is younger than the stale limit ·
 * `bad` the device answered that there is no such value, or the bytes are not a value · `stale` no answer for the configured cycles.
 */
export const Quality = { good: "good", uncertain: "uncertain", bad: "bad", stale: "stale" } as const;
export type Quality = (typeof Quality)[keyof typeof Quality];

/** What a point can hold. Integers beyond ±(2^53−1) are `bigint` here and decimal strings in JSON, so that no digit is lost. */
export type PointValue = boolean | number | bigint | string | readonly PointValue[];

/** One measurement of one point. Immutable. */
export interface Sample {
  /** The thing the point belongs to: the device's id. */
  readonly thing: string;
  /** The point's id. */
  readonly feature: string;
  /** In the point's unit, scaled. `null` when there never was a value, or `quality` is `bad`. The last good value when `uncertain` or `stale`. */
  readonly value: PointValue | null;
  readonly quality: Quality;
  /** When the device had this value, as well as the protocol can tell: for Modbus, when its answer arrived. Stays as it was while nothing new is measured. */
  readonly source: Instant;
  /** When the board came to know this sample, quality changes included. */
  readonly received: Instant;
  /** Why `quality` is not `good`: one sentence. */
  readonly reason?: string;
}
