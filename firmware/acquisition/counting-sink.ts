import type { SampleSink } from "../../shared/acquisition/ports.ts";
import type { Quality, Sample } from "../../shared/acquisition/sample.ts";

/** Hands samples on and counts them by quality. */
export class CountingSink implements SampleSink {
  readonly counts: Record<Quality, number> = { good: 0, uncertain: 0, bad: 0, stale: 0 };
  readonly #to: SampleSink;

  constructor(to: SampleSink) {
    this.#to = to;
  }

  accept(samples: readonly Sample[]): void {
    for (const { quality } of samples) this.counts[quality] += 1;
    this.#to.accept(samples);
  }
}
