import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { ByteReader } from "./byte-reader.ts";
import { HistoryDamaged } from "./history-errors.ts";
import type { HistoryKeys } from "./history-keys.ts";
import type { Entry, HistorySeeker, HistoryView } from "./history-space.ts";
import type { Point, PointTable } from "./point-table.ts";
import { readingOf } from "./reading-bytes.ts";

/** Points whose newest reading is looked for at the same time: as many as the database works on at once. */
const abreast = 4;

/** Reads the names of all points and the newest reading of each, which is the last of its records before the future. @throws {HistoryDamaged} */
export async function loadPoints(view: HistoryView, keys: HistoryKeys, table: PointTable, future: number, stop: StopSignal): Promise<void> {
  for await (const entries of view.entries(keys.removals(), stop)) for (const [key] of entries) table.reserve(keys.idOf(key));
  const points: Point[] = [];
  for await (const entries of view.entries(keys.points(), stop)) {
    for (const [key, value] of entries) {
      const point = { id: keys.idOf(key), ...nameOf(value), saved: true, newest: undefined };
      table.add(point);
      points.push(point);
    }
  }
  const reader = new ByteReader();
  const lastOf = async (seeker: HistorySeeker, before: Uint8Array, id: number): Promise<Entry | undefined> => {
    const entry = await seeker.lastBefore(before);
    return entry !== undefined && keys.idOf(entry[0]) === id ? entry : undefined;
  };
  const rest = points.values();
  const look = async (): Promise<void> => {
    await using seeker = view.seeker(keys.readings());
    for (const point of rest) {
      const { id } = point;
      const [past, all] = [keys.span("reading", id, future, future).lt, keys.all("reading", id).lt];
      const [key, value] = (await lastOf(seeker, past, id)) ?? (await lastOf(seeker, all, id)) ?? [];
      if (key === undefined || value === undefined) continue;
      reader.open(key, keys.placeAt);
      const kept = { at: keys.timeOf(key), term: reader.ordered(), seq: reader.ordered() };
      point.newest = readingOf(reader.open(value), point, kept);
    }
  };
  await Promise.all(Array.from({ length: abreast }, look));
}

/** The name of a point as it is kept: `["thing","feature"]`. */
export function nameBytes(thing: string, feature: string): Uint8Array {
  return Buffer.from(JSON.stringify([thing, feature]));
}

function nameOf(bytes: Uint8Array): { readonly thing: string; readonly feature: string } {
  const name: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!Array.isArray(name)) throw new HistoryDamaged("a point without a name");
  const [thing, feature]: unknown[] = name;
  if (typeof thing !== "string" || typeof feature !== "string") throw new HistoryDamaged("a point without a name");
  return { thing, feature };
}
