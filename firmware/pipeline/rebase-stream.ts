import { type Cursor, compareCursors } from "../../shared/pipeline/cursor.ts";
import {
  claimedLength,
  encodeRecord,
  kindAt,
  microsAt,
  RecordKind,
  readRecord,
  recordOverhead,
  seqAt,
  termAt,
} from "../../shared/pipeline/journal-record.ts";
import { joinBytes, moveRecords } from "../../shared/pipeline/move-records.ts";
import { bootIdOf, encodeTerm } from "../../shared/pipeline/term-record.ts";
import { replaceFile } from "./sealed-file.ts";
import { segmentName } from "./segment.ts";
import type { StreamDirectory } from "./stream-directory.ts";

export interface RebaseParts {
  readonly home: StreamDirectory;
  /** The term that was set aside for this. */
  readonly term: number;
  /** What the gateway has stays where it is. */
  readonly acknowledged: Cursor;
}

/**
 * Gives all records of lower terms that the gateway does not have places in another term, times kept. Segment by segment, the newest first, so that
 * the order holds at every moment: the new file is on disk under its own name before the old one goes. Doing it again goes on where it was left, and makes the same bytes.
 */
export async function rebaseStream({ home, term, acknowledged }: RebaseParts): Promise<void> {
  await removeAcknowledged(home, acknowledged);
  const files = await home.segments();
  const there = new Set(files.map(({ name }) => name));
  for (const file of files.toReversed()) {
    if (file.place.term >= term) continue;
    const { segment, bytes } = await home.scan(file);
    if (segment === undefined || compareCursors(segment.last, acknowledged) <= 0) continue;
    const sound = bytes.subarray(0, segment.bytes);
    const cut = firstBehind(sound, acknowledged);
    // The segment's own term record, or the last record that the gateway has, gives the new one a place to begin.
    const place = { term, seq: cut === 0 ? segment.first.seq : acknowledged.seq };
    const name = segmentName(place);
    if (!there.has(name)) {
      const skipped = cut === 0 && kindAt(sound, 0) === RecordKind.term ? claimedLength(sound, 0, sound.length) : cut;
      const head = { ...place, micros: microsAt(sound, 0), kind: RecordKind.term };
      const start = encodeRecord(head, encodeTerm(bootIdOf(readRecord(sound, 0).payload), segment.first.term));
      await replaceFile(home.fs, home.path, `${name}.seg`, joinBytes([start, moveRecords(sound.subarray(skipped), { term })]));
    }
    await home.remove(file.name);
  }
  await home.fs.syncDirectory(home.path);
}

/** Segments that the gateway has whole go first: the one behind them may lose its beginning, which tells where they end. */
async function removeAcknowledged(home: StreamDirectory, acknowledged: Cursor): Promise<void> {
  const files = await home.segments();
  for (const [at, { name }] of files.entries()) {
    const next = files[at + 1];
    if (next === undefined || compareCursors(next.place, acknowledged) > 0) break;
    await home.remove(name);
  }
  await home.fs.syncDirectory(home.path);
}

function firstBehind(bytes: Uint8Array, acknowledged: Cursor): number {
  let at = 0;
  while (at + recordOverhead <= bytes.length) {
    if (compareCursors({ term: termAt(bytes, at), seq: seqAt(bytes, at) }, acknowledged) > 0) break;
    at += claimedLength(bytes, at, bytes.length);
  }
  return at;
}
