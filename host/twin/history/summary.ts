import type { Quality } from "../../../shared/acquisition/sample.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import type { Bucket } from "../../../shared/twin/documents/reading.ts";

/** A reading's time and its place in its board's journal; what is newer is told by them, in this order. */
export interface ReadingPlace {
  readonly source: number;
  readonly term: number;
  readonly seq: number;
}

/** Negative when `a` is the older one, 0 when they are the same reading. */
export function comparePlaces(a: ReadingPlace, b: ReadingPlace): number {
  return a.source - b.source || a.term - b.term || a.seq - b.seq;
}

/**
 * The readings of a span, summed up. Order does not matter, so that sums of parts can be put together.
 * Minimum, maximum and mean are of numbers (true is 1, false 0) of every quality but `bad`: an uncertain or stale value is the last one that was measured.
 */
export class Summary {
  good = 0;
  uncertain = 0;
  stale = 0;
  bad = 0;
  /** How many numbers there are, their bounds and their sum; the sum's rounding errors are kept apart (Neumaier's summation). */
  numbers = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  sum = 0;
  carry = 0;
  /** The newest reading: its place, and its value. */
  source = Number.NEGATIVE_INFINITY;
  term = 0;
  seq = 0;
  last: JsonValue | undefined = undefined;

  get count(): number {
    return this.good + this.uncertain + this.stale + this.bad;
  }

  /** @param value `undefined` when the reading has none here */
  add(place: ReadingPlace, quality: Quality, value: JsonValue | undefined): void {
    this[quality] += 1;
    if (quality !== "bad") {
      if (typeof value === "number") this.#number(value);
      else if (typeof value === "boolean") this.#number(value ? 1 : 0);
    }
    if (comparePlaces(place, this) >= 0) this.#newest(place, value);
  }

  /** Takes in the readings of another span. */
  merge(other: Summary): void {
    this.good += other.good;
    this.uncertain += other.uncertain;
    this.stale += other.stale;
    this.bad += other.bad;
    if (other.numbers > 0) {
      this.numbers += other.numbers;
      this.min = Math.min(this.min, other.min);
      this.max = Math.max(this.max, other.max);
      this.#sum(other.sum);
      this.carry += other.carry;
    }
    if (comparePlaces(other, this) >= 0) this.#newest(other, other.last);
  }

  /** As queries are answered. @param from begin of the span */
  bucket(from: number): Bucket {
    const { count, numbers, good, uncertain, stale, bad } = this;
    return {
      from,
      count,
      min: numbers > 0 ? this.min : undefined,
      max: numbers > 0 ? this.max : undefined,
      mean: numbers > 0 ? this.#mean() : undefined,
      last: this.last,
      lastAt: count > 0 ? this.source : undefined,
      quality: bad > 0 ? "bad" : stale > 0 ? "stale" : uncertain > 0 ? "uncertain" : "good",
      qualities: { good, uncertain, bad, stale },
    };
  }

  #mean(): number {
    const mean = (this.sum + this.carry) / this.numbers;
    // A sum beyond the largest number has no mean of its own.
    return Number.isFinite(mean) ? Math.min(this.max, Math.max(this.min, mean)) : this.min / 2 + this.max / 2;
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) return;
    this.numbers += 1;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    this.#sum(value);
  }

  #sum(value: number): void {
    const sum = this.sum + value;
    if (Number.isFinite(sum)) this.carry += Math.abs(this.sum) >= Math.abs(value) ? this.sum - sum + value : value - sum + this.sum;
    this.sum = sum;
  }

  #newest(place: ReadingPlace, value: JsonValue | undefined): void {
    this.source = place.source;
    this.term = place.term;
    this.seq = place.seq;
    this.last = value;
  }
}
