import type { Quality } from "../../../shared/acquisition/sample.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { ByteReader } from "./byte-reader.ts";
import type { HistoryKeys } from "./history-keys.ts";
import type { HistoryView } from "./history-space.ts";
import { measured } from "./reading-bytes.ts";
import type { ReadingPlace } from "./summary.ts";

export interface ScannedReading {
  readonly key: Uint8Array;
  readonly place: ReadingPlace;
  readonly quality: Quality;
  readonly value: JsonValue;
}

/** Calls `each` with the readings of a point with `from ≤ time < to`, in order, as far as sums need them. @throws {Stopped} {HistoryDamaged} */
export async function scanReadings(
  view: HistoryView,
  keys: HistoryKeys,
  id: number,
  from: number,
  to: number,
  each: (reading: ScannedReading) => void,
  stop: StopSignal,
): Promise<void> {
  const reader = new ByteReader();
  for await (const entries of view.entries(keys.span("reading", id, from, to), stop)) {
    for (const [key, bytes] of entries) {
      reader.open(key, keys.placeAt);
      const place = { source: keys.timeOf(key), term: reader.ordered(), seq: reader.ordered() };
      const { quality, value } = measured(reader.open(bytes));
      each({ key, place, quality, value });
    }
  }
}
