import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import { ByteReader } from "./byte-reader.ts";
import type { HistoryKeys, KeyRange } from "./history-keys.ts";
import type { HistoryView } from "./history-space.ts";
import { orderedEdge, orderedTime } from "./history-time.ts";
import type { Point } from "./point-table.ts";
import { readingOf } from "./reading-bytes.ts";
import type { ReadingPlace } from "./summary.ts";

export interface ReadingQuery {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly reverse?: boolean;
  readonly after?: ReadingPlace;
}

/** Readings of a point in the order of their keys. @throws {Stopped} {HistoryDamaged} */
export async function queryReadings(
  view: HistoryView,
  keys: HistoryKeys,
  point: Point,
  query: ReadingQuery,
  stop: StopSignal,
): Promise<readonly Reading[]> {
  const { from, to, limit, reverse = false, after } = query;
  if (limit < 1 || !(from < to)) return [];
  const readings: Reading[] = [];
  const reader = new ByteReader();
  const range = { ...keys.span("reading", point.id, orderedEdge(from), orderedEdge(to)) };
  for await (const entries of view.entries(behind(range, keys, point.id, after, reverse), stop, { reverse, limit })) {
    for (const [key, value] of entries) {
      reader.open(key, keys.placeAt);
      const kept = { at: keys.timeOf(key), term: reader.ordered(), seq: reader.ordered() };
      readings.push(readingOf(reader.open(value), point, kept));
    }
  }
  return readings;
}

/** The part of a range that is behind a reading, in the direction of the query. */
function behind(range: KeyRange, keys: HistoryKeys, id: number, after: ReadingPlace | undefined, reverse: boolean): KeyRange {
  if (after === undefined) return range;
  const key = keys.reading(id, orderedTime(after.source), after.term, after.seq);
  if (reverse) return Buffer.compare(key, range.lt) < 0 ? { gte: range.gte, lt: key } : range;
  const next = keys.reading(id, orderedTime(after.source), after.term, after.seq + 1);
  return Buffer.compare(next, range.gte) > 0 ? { gte: next, lt: range.lt } : range;
}
