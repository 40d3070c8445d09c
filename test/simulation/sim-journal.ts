import type { LogFs } from "../../firmware/pipeline/log-fs.ts";
import { SegmentedJournal } from "../../firmware/pipeline/segmented-journal.ts";
import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import { millis } from "../../shared/base/units.ts";

export interface SimJournalParts {
  readonly fs: LogFs;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly streams: readonly string[];
  readonly maxBytes: number;
}

/** The board's own journal, with small groups. */
export function openSimJournal({ fs, clock, log, random, streams, maxBytes }: SimJournalParts): Promise<SegmentedJournal> {
  return SegmentedJournal.open({
    fs,
    directory: "journal",
    settings: {
      streams: streams.map((id) => ({ id, things: [], maxBytes, whenFull: "drop-oldest" as const })),
      commitInterval: millis(200),
      commitBytes: 4096,
      keep: millis(0),
    },
    clock,
    log,
    random,
    newBootId: () => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(""),
  });
}
