import type { Millis } from "../../base/units.ts";
import type { LiveValue } from "./link-message.ts";
import type { BoardLinkSettings } from "./link-settings.ts";
import { LiveValues } from "./live-values.ts";
import type { StreamSenders } from "./stream-senders.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface LiveAheadParts {
  readonly settings: Pick<BoardLinkSettings, "live" | "liveInterval" | "catchUp">;
  readonly senders: Pick<StreamSenders, "isBehind" | "hasSent">;
}

const bounds = { values: 4096, bytes: 262_144 };
const messageBytes = 32_768;

/**
 * The newest values on their way ahead of their records: one message at a time, some time apart, at no higher rate than old records may have. What was
 * sent as a record meanwhile does not go again.
 */
export class LiveAhead {
  readonly values = new LiveValues(bounds);
  /** The gateway says whether anybody looks. */
  watched = true;
  readonly #parts: LiveAheadParts;
  readonly #bucket: TokenBucket;
  #onWay = false;
  #at: number = Number.NEGATIVE_INFINITY;

  constructor(parts: LiveAheadParts, now: Millis) {
    this.#parts = parts;
    this.#bucket = new TokenBucket(parts.settings.catchUp, now);
  }

  /** @returns true when it is the first one that waits */
  offer(value: LiveValue): boolean {
    const { senders, settings } = this.#parts;
    if (!this.watched || (settings.live === "behind" && !senders.isBehind(value.stream))) return false;
    const isFirst = this.values.size === 0;
    this.values.put(value);
    return isFirst;
  }

  /** What is to be sent now; empty: nothing. */
  take(now: Millis): readonly LiveValue[] {
    if (this.#onWay || this.values.size === 0 || now < this.#at) return [];
    const { senders, settings } = this.#parts;
    this.values.drop(({ stream, at }) => senders.hasSent(stream, at));
    const taken = this.values.take({ bytes: messageBytes, values: this.#bucket.available(now) });
    if (taken.length === 0) {
      this.#at = now + this.#bucket.wait(1, now);
      return taken;
    }
    this.#bucket.take(taken.length);
    this.#onWay = true;
    this.#at = now + settings.liveInterval;
    return taken;
  }

  /** The broker has what was sent, or never will. */
  delivered(): void {
    this.#onWay = false;
  }

  due(): number {
    return this.values.size === 0 || this.#onWay ? Number.POSITIVE_INFINITY : this.#at;
  }

  /** The session ended. */
  end(): void {
    this.values.clear();
    this.#onWay = false;
    this.watched = true;
  }
}
