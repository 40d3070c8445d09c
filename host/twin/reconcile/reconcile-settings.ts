import { type Millis, millis } from "../../../shared/base/units.ts";

export interface ReconcileSettings {
  /** Keys that are worked on at once. */
  readonly parallel: number;
  /** Everything is looked at again so often. */
  readonly resync: Millis;
  /** One run takes no longer. */
  readonly patience: Millis;
  /** The first pause after a failure, which doubles up to the last. */
  readonly firstPause: Millis;
  readonly lastPause: Millis;
  /** Share of a pause that is left to chance, on both sides. */
  readonly jitter: number;
  readonly mostAttempts: number;
}

export const usualReconciling: ReconcileSettings = {
  parallel: 8,
  resync: millis(600_000),
  patience: millis(30_000),
  firstPause: millis(1000),
  lastPause: millis(60_000),
  jitter: 0.2,
  mostAttempts: 10,
};

/** How long is waited before an attempt is made again. @param attempts that failed: 1, 2, … @param random gives a number in [0, 1) */
export function pauseAfter({ firstPause, lastPause, jitter }: ReconcileSettings, attempts: number, random: () => number): Millis {
  const whole = Math.min(lastPause, firstPause * 2 ** (attempts - 1));
  return millis(Math.round(whole * (1 + jitter * (2 * random() - 1))));
}
