import { type Millis, millis } from "../../../shared/base/units.ts";

/** How often something may happen: `burst` at once, and `perSecond` in the long run. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Lets each of many askers do something so often and not more. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();
  /** Askers that were forgotten since there are too many. */
  forgotten = 0;

  /** @param most askers that are remembered; of more, the one seen first is forgotten */
  constructor(rate: Rate, most: number) {
    this.#rate = rate;
    this.#most = most;
  }

  /** Counts one for `who`. @returns 0 when it may happen, else how long until it may; nothing is counted then. @param now monotonic */
  take(who: string, now: Millis): Millis {
    const bucket = this.#of(who, now);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return millis(0);
    }
    return millis(((1 - bucket.tokens) / this.#rate.perSecond) * 1000);
  }

  /** How long until one more may happen, without counting it. */
  wait(who: string, now: Millis): Millis {
    if (!this.#buckets.has(who)) return millis(0);
    const { tokens } = this.#of(who, now);
    return millis(tokens >= 1 ? 0 : ((1 - tokens) / this.#rate.perSecond) * 1000);
  }

  #of(who: string, now: Millis): Bucket {
    const { perSecond, burst } = this.#rate;
    const known = this.#buckets.get(who);
    if (known !== undefined) {
      known.tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond);
      known.at = now;
      return known;
    }
    if (this.#buckets.size >= this.#most) this.#forgetFirst();
    const bucket: Bucket = { tokens: burst, at: now };
    this.#buckets.set(who, bucket);
    return bucket;
  }

  #forgetFirst(): void {
    const [first] = this.#buckets.keys();
    if (first !== undefined) this.#buckets.delete(first);
    this.forgotten += 1;
  }
}
