/** How long and how much history is kept. */
export interface HistorySettings {
  /** Points (thing and feature) that may have a history. */
  readonly points: number;
  /** Days that single readings are kept, counted from the newest reading of the point, or from now where that is earlier. */
  readonly rawDays: number;
  /** Days that the sums of minutes are kept, likewise; at least `rawDays`. */
  readonly minuteDays: number;
  /** Days that the sums of hours are kept, likewise; at least `minuteDays`. */
  readonly hourDays: number;
  /** Readings that are kept singly over all points, beside those of hours that are not summed up yet. Beyond it, the days of all points shrink. */
  readonly rawReadings: number;
  /** Readings that one query may look at singly. */
  readonly readingsPerQuery: number;
}

/** 30 days of readings (200 million at most), 90 days by the minute, 5 years by the hour, of 200,000 points. */
export const defaultHistorySettings: HistorySettings = {
  points: 200_000,
  rawDays: 30,
  minuteDays: 90,
  hourDays: 1826,
  rawReadings: 200_000_000,
  readingsPerQuery: 5_000_000,
};
