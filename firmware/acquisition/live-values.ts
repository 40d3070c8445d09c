import type { SampleSink } from "../../shared/acquisition/ports.ts";
import type { PollRead } from "../../shared/acquisition/reads/poll-plan.ts";
import type { Sample } from "../../shared/acquisition/sample.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { type Instant, type Millis, millis } from "../../shared/base/units.ts";
import type { PolledGroup } from "./active-read.ts";
import type { LivePoint } from "./live-point.ts";

export interface LiveValuesParts {
  readonly sink: SampleSink;
  readonly clock: Clock;
}

/** Turns what became of reads into samples, and hands on those that the points' report rules let through. */
export class LiveValues {
  readonly #parts: LiveValuesParts;

  constructor(parts: LiveValuesParts) {
    this.#parts = parts;
  }

  /** The reply brought every value of the read. @param dataOffset where the data begins in it · @param now monotonic */
  take({ values, offsets, request }: PollRead<LivePoint>, reply: Uint8Array, dataOffset: number, now: Millis): void {
    const at = this.#parts.clock.wall();
    const base = request.function <= 2 ? dataOffset * 8 : dataOffset;
    const samples: Sample[] = [];
    for (let i = 0; i < values.length; i += 1) {
      const live = values[i];
      if (live === undefined) continue;
      const sample = live.tracker.measured(live.codec.decode(reply, base + (offsets[i] ?? 0)), at);
      if (live.filter.passes(sample, now)) samples.push(sample);
    }
    if (samples.length > 0) this.#parts.sink.accept(samples);
  }

  /** No usable answer this time. */
  miss(group: PolledGroup, reason: string): void {
    group.missed += 1;
    this.#each(group, (live, at) => live.tracker.missed(reason, at));
  }

  /** The unit says that there are no such values. */
  deny(group: PolledGroup, reason: string): void {
    group.answered = this.#parts.clock.monotonic();
    group.missed = 0;
    this.#each(group, (live, at) => live.tracker.denied(reason, at));
  }

  /** No usable answer for too long. */
  expire(group: PolledGroup, reason: string): void {
    this.#each(group, (live, at) => live.tracker.expired(reason, at));
  }

  /** The unit is not asked any more: whatever is known grows stale at once, and stays so. */
  setAside(group: PolledGroup, reason: string): void {
    group.answered = millis(Number.NEGATIVE_INFINITY);
    group.missed = Number.POSITIVE_INFINITY;
    this.#each(group, (live, at) => live.tracker.expired(reason, at) ?? live.tracker.unread(reason, at));
  }

  #each(group: PolledGroup, change: (live: LivePoint, at: Instant) => Sample | undefined): void {
    const at = this.#parts.clock.wall();
    const now = this.#parts.clock.monotonic();
    const samples: Sample[] = [];
    for (const live of group.values) {
      const sample = change(live, at);
      if (sample !== undefined && live.filter.passes(sample, now)) samples.push(sample);
    }
    if (samples.length > 0) this.#parts.sink.accept(samples);
  }
}
