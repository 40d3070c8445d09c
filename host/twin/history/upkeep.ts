import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { BatchSink } from "./batch-sink.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { HistoryCounters } from "./history-counters.ts";
import type { HistoryKeys } from "./history-keys.ts";
import type { HistorySettings } from "./history-settings.ts";
import type { HistorySpace } from "./history-space.ts";
import type { HourMarks } from "./hour-marks.ts";

/** What the parts of the upkeep share. They run one after the other, never at the same time. */
export interface UpkeepParts {
  readonly space: HistorySpace;
  readonly keys: HistoryKeys;
  readonly marks: HourMarks;
  readonly counters: HistoryCounters;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: HistorySettings;
}

/** The number of kept readings as it is on disk: a batch that failed may have been written or not. */
export async function readKept({ space, keys }: Pick<UpkeepParts, "space" | "keys">): Promise<number> {
  await using view = space();
  const bytes = await view.get(keys.counters());
  return bytes === undefined ? 0 : new ByteReader().open(bytes).float64();
}

/** Puts the number of kept readings into a batch. */
export function putKept(sink: BatchSink, { keys, counters }: UpkeepParts): void {
  const writer = new ByteWriter();
  writer.float64(counters.kept);
  sink.put(keys.counters(), writer.take());
}
