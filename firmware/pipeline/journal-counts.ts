import { Histogram } from "../../shared/base/histogram.ts";

/** What a stream of the journal counts, from the start of the board on. */
export interface StreamCounts {
  appended: number;
  bytes: number;
  /** Records that were lost, by reason. */
  readonly dropped: { budget: number; stop: number; memory: number; corrupt: number; torn: number; thin: number };
  commits: number;
  failures: number;
  /** Bytes cut off at the start because they were torn. */
  tornBytes: number;
}

export function noCounts(): StreamCounts {
  return {
    appended: 0,
    bytes: 0,
    dropped: { budget: 0, stop: 0, memory: 0, corrupt: 0, torn: 0, thin: 0 },
    commits: 0,
    failures: 0,
    tornBytes: 0,
  };
}

/** From handing records to the disk until they are there, seconds. */
export function commitTimes(): Histogram {
  return new Histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]);
}
