import type { Quality } from "../../acquisition/sample.ts";
import type { JsonValue } from "../../base/json.ts";

/** One measurement, as the gateway keeps it: a sample with the place that it has in its board's journal. */
export interface Reading {
  readonly thing: string;
  readonly feature: string;
  readonly value: JsonValue;
  readonly quality: Quality;
  /** Milliseconds since 1970. */
  readonly source: number;
  readonly received: number;
  readonly reason?: string;
  readonly term: number;
  readonly seq: number;
}

/** The readings of one span. `min`, `max` and `mean` are of numbers (true is 1) that are not bad; `undefined` where there are none. */
export interface Bucket {
  /** Begin of the span; it ends where the next begins. */
  readonly from: number;
  readonly count: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly mean: number | undefined;
  /** The newest reading of the span. */
  readonly last: JsonValue | undefined;
  readonly lastAt: number | undefined;
  /** The worst quality in the span, and how many readings of each there are. */
  readonly quality: Quality;
  readonly qualities: Readonly<Record<Quality, number>>;
}
