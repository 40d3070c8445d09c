import type { JsonObject, JsonValue } from "../../shared/base/json.ts";
import type { Cursor } from "../../shared/pipeline/cursor.ts";
import { GapReason } from "../../shared/pipeline/gap-record.ts";
import type { ScannedRecords } from "../../shared/pipeline/scan-records.ts";
import type { LogFs } from "./log-fs.ts";
import { readSealed, replaceSealed, writeSealed } from "./sealed-file.ts";

/** A segment file's sound records. Never changed: what changes a segment makes a new one of these. */
export interface Segment {
  /** The file's name without `.seg`: the place of its first record. */
  readonly name: string;
  readonly first: Cursor;
  readonly last: Cursor;
  readonly count: number;
  /** Length of the sound records; the file may be longer. */
  readonly bytes: number;
  /** When its newest record was, microseconds since 1970. */
  readonly newest: number;
  /** Why the records are missing that should follow `last`, where the next segment does not follow it. */
  readonly lost?: GapReason;
  /** Samples that were taken out of it so far; it is a shadow of itself. */
  readonly thinned?: number;
}

const nameForm = /^(\d{1,10})-(\d{1,16})$/;

export function segmentName({ term, seq }: Cursor): string {
  return `${term}-${seq}`;
}

/** The place that a segment's name says; `undefined` for another name. */
export function segmentPlace(name: string): Cursor | undefined {
  const match = nameForm.exec(name);
  const place = { term: Number(match?.[1]), seq: Number(match?.[2]) };
  return match !== null && place.term <= 0xffff_ffff && Number.isSafeInteger(place.seq) && segmentName(place) === name ? place : undefined;
}

/** The segment that a scan found in a file; `undefined` when there is no record. */
export function segmentOf(name: string, { first, last, count, end, lastMicros }: ScannedRecords): Segment | undefined {
  return first === undefined || last === undefined ? undefined : { name, first, last, count, bytes: end, newest: lastMicros };
}

/** Writes what is known of a segment that is written no more beside it, so that the next start need not read it. */
export function writeIndex(fs: LogFs, directory: string, segment: Segment): Promise<void> {
  return writeSealed(fs, `${directory}/${segment.name}.idx`, indexOf(segment));
}

/** {@link writeIndex}, on disk when it resolves: for a segment that has more behind its end than belongs to it. */
export function replaceIndex(fs: LogFs, directory: string, segment: Segment): Promise<void> {
  return replaceSealed(fs, directory, `${segment.name}.idx`, indexOf(segment));
}

function indexOf(segment: Segment): JsonObject {
  const { first, last, count, bytes, newest, lost, thinned } = segment;
  const content: { [key: string]: JsonValue } = { first: [first.term, first.seq], last: [last.term, last.seq], count, bytes, newest };
  if (lost !== undefined) content["lost"] = lost;
  if (thinned !== undefined) content["thinned"] = thinned;
  return content;
}

/** What stands beside a segment; `undefined` where nothing does, where it is damaged, or where it cannot be of a file so short. */
export async function readIndex(fs: LogFs, directory: string, name: string, fileSize: number): Promise<Segment | undefined> {
  const content = await readSealed(fs, `${directory}/${name}.idx`);
  return content === undefined ? undefined : segmentFrom(name, content, fileSize);
}

function segmentFrom(name: string, content: JsonObject, fileSize: number): Segment | undefined {
  const first = cursorFrom(content["first"]);
  const last = cursorFrom(content["last"]);
  const { count, bytes, newest, lost, thinned } = content;
  if (first === undefined || last === undefined || segmentName(first) !== name) return undefined;
  if (typeof count !== "number" || typeof bytes !== "number" || typeof newest !== "number" || bytes > fileSize) return undefined;
  return {
    name,
    first,
    last,
    count,
    bytes,
    newest,
    ...(isReason(lost) && { lost }),
    ...(typeof thinned === "number" && { thinned }),
  };
}

/** A place as small files say it: `[term, seq]`. */
export function cursorFrom(value: JsonValue | undefined): Cursor | undefined {
  if (!Array.isArray(value)) return undefined;
  const [term, seq] = value;
  return typeof term === "number" && typeof seq === "number" ? { term, seq } : undefined;
}

function isReason(value: JsonValue | undefined): value is GapReason {
  return typeof value === "string" && Object.hasOwn(GapReason, value);
}
