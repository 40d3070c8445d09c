import type { Instant } from "../base/units.ts";
import { type PointValue, Quality, type Sample } from "./sample.ts";

/**
 * What is known of one point, and how far it can be trusted: turns what became of an exchange into the sample to hand on.
 * A failure never makes a value: it only takes trust away from the one there was.
 */
export class PointTracker {
  readonly #thing: string;
  readonly #feature: string;
  #value: PointValue | null = null;
  #source: Instant;
  #quality: Quality = Quality.stale;

  /** Begins with nothing measured: stale, since `now`. */
  constructor(thing: string, feature: string, now: Instant) {
    this.#thing = thing;
    this.#feature = feature;
    this.#source = now;
  }

  get value(): PointValue | null {
    return this.#value;
  }

  get quality(): Quality {
    return this.#quality;
  }

  /** Takes up what an earlier run of the board had measured: the value, but no trust in it. */
  resume(value: PointValue | null, source: Instant): void {
    this.#value = value;
    this.#source = source;
    this.#quality = Quality.stale;
  }

  /** Nothing has been measured since the board started. */
  unread(reason: string, at: Instant): Sample {
    return this.#sample(at, reason);
  }

  /** The device answered with a value; `undefined` when the bytes are none. */
  measured(value: PointValue | undefined, at: Instant): Sample {
    if (value === undefined) return this.denied("the device's answer is not a value of this type", at);
    this.#value = value;
    this.#source = at;
    this.#quality = Quality.good;
    return { thing: this.#thing, feature: this.#feature, value, quality: Quality.good, source: at, received: at };
  }

  /** The device answered that there is no such value, or one that cannot be read. */
  denied(reason: string, at: Instant): Sample {
    this.#value = null;
    this.#source = at;
    this.#quality = Quality.bad;
    return this.#sample(at, reason);
  }

  /** No usable answer this time: a good value becomes uncertain; `undefined` when nothing changes. */
  missed(reason: string, at: Instant): Sample | undefined {
    if (this.#quality !== Quality.good) return undefined;
    this.#quality = Quality.uncertain;
    return this.#sample(at, reason);
  }

  /** No usable answer for too long; `undefined` when it is stale already. */
  expired(reason: string, at: Instant): Sample | undefined {
    if (this.#quality === Quality.stale) return undefined;
    this.#quality = Quality.stale;
    return this.#sample(at, reason);
  }

  /** The value that was written to a point that cannot be read. */
  assumed(value: PointValue, at: Instant): Sample {
    this.#value = value;
    this.#source = at;
    this.#quality = Quality.uncertain;
    return this.#sample(at, "written; the device does not let it be read back");
  }

  #sample(received: Instant, reason: string): Sample {
    return {
      thing: this.#thing,
      feature: this.#feature,
      value: this.#value,
      quality: this.#quality,
      source: this.#source,
      received,
      reason,
    };
  }
}
