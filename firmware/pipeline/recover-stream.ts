import type { Log } from "../../shared/base/log.ts";
import { beginning, type Cursor } from "../../shared/pipeline/cursor.ts";
import { GapReason } from "../../shared/pipeline/gap-record.ts";
import { lastBehindDamage } from "../../shared/pipeline/scan-records.ts";
import { replaceFile } from "./sealed-file.ts";
import { readIndex, type Segment, writeIndex } from "./segment.ts";
import type { SegmentFile, StreamDirectory } from "./stream-directory.ts";

/** What of a stream was found on disk. */
export interface RecoveredStream {
  readonly segments: readonly Segment[];
  /** The place after which new records are numbered: that of the newest record, or of the newest that is known to have been there. */
  readonly last: Cursor;
  /** Bytes cut off the segment that was being written. */
  readonly torn: number;
  /** Records that are known to have been there and cannot be read. */
  readonly corrupt: number;
}

/**
 * Finds out what a stream holds. Only segments without a sound index are read: after a clean end none, else the one that was written last, of which a
 * torn end is cut off. A sealed segment is never cut: what cannot be read of it is put aside, and the hole is remembered in its index.
 */
export async function recoverStream(home: StreamDirectory, log: Log): Promise<RecoveredStream> {
  const files = await home.segments();
  const segments: Segment[] = [];
  let corrupt = 0;
  let torn = 0;
  let known: Cursor = beginning;
  for (const [at, file] of files.entries()) {
    if (at === files.length - 1) {
      const open = await recoverOpen(home, file, log);
      torn = open.torn;
      corrupt += open.corrupt;
      known = open.last ?? known;
      if (open.segment !== undefined) segments.push(open.segment);
      continue;
    }
    const index = await readIndex(home.fs, home.path, file.name, file.size);
    const sound = index !== undefined && index.last.seq < file.limit;
    const sealed: Found = sound ? { segment: index, corrupt: 0 } : await rescan(home, file);
    if (sealed.segment === undefined) {
      corrupt += sealed.corrupt;
      const before = segments.pop();
      if (before !== undefined) segments.push(sealed.corrupt > 0 ? { ...before, lost: GapReason.corrupt } : before);
      continue;
    }
    corrupt += sealed.corrupt;
    segments.push(sealed.segment);
    known = sealed.segment.last;
  }
  return { segments, last: known, torn, corrupt };
}

interface Found {
  readonly segment: Segment | undefined;
  readonly corrupt: number;
}

async function rescan(home: StreamDirectory, file: SegmentFile): Promise<Found> {
  const { segment, bytes } = await home.scan(file);
  const missing = file.limit - 1 - (segment?.last.seq ?? file.place.seq - 1);
  if (missing > 0 && bytes.length > (segment?.bytes ?? 0)) {
    await home.quarantine(file.name, bytes.subarray(segment?.bytes ?? 0));
    if (segment === undefined) {
      await home.remove(file.name);
      return { segment, corrupt: missing };
    }
    const damaged = { ...segment, lost: GapReason.corrupt };
    await writeIndex(home.fs, home.path, damaged).catch(() => {});
    return { segment: damaged, corrupt: missing };
  }
  if (segment !== undefined) await writeIndex(home.fs, home.path, segment).catch(() => {});
  else await home.remove(file.name);
  return { segment, corrupt: 0 };
}

interface OpenSegment extends Found {
  readonly last: Cursor | undefined;
  readonly torn: number;
}

async function recoverOpen(home: StreamDirectory, file: SegmentFile, log: Log): Promise<OpenSegment> {
  const index = await readIndex(home.fs, home.path, file.name, file.size);
  if (index !== undefined) return { segment: index, last: index.last, torn: 0, corrupt: 0 };
  const { segment, bytes } = await home.scan(file);
  const sound = segment?.bytes ?? 0;
  const torn = bytes.length - sound;
  // Whole records behind the damage may have been durable: their places must not be given again, and the hole must be told.
  const behind = torn === 0 ? undefined : lastBehindDamage(bytes, sound, segment?.last ?? { ...file.place, seq: file.place.seq - 1 });
  const corrupt = behind === undefined ? 0 : behind.seq - (segment?.last.seq ?? file.place.seq - 1);
  if (behind !== undefined) await home.quarantine(file.name, bytes.subarray(sound));
  if (torn > 0)
    log.warn({ directory: home.path, segment: file.name, bytes: torn, records: corrupt }, "the torn end of the journal was cut off");
  if (segment === undefined) {
    await home.remove(file.name);
    return { segment, last: behind, torn, corrupt };
  }
  await settle(home, segment, bytes.subarray(0, sound), log);
  const cut: Segment = behind === undefined ? segment : { ...segment, lost: GapReason.torn };
  return { segment: cut, last: behind ?? segment.last, torn, corrupt };
}

/**
 * Brings to disk what was found: it may have been read from memory only, where a process that died or a sync that failed left it, and a sync that comes
 * after a failed one says nothing about it.
 */
async function settle(home: StreamDirectory, segment: Segment, sound: Uint8Array, log: Log): Promise<void> {
  try {
    await replaceFile(home.fs, home.path, `${segment.name}.seg`, sound);
  } catch (error) {
    log.warn(
      { directory: home.path, segment: segment.name, err: error },
      "the newest segment could not be written anew; it is used as it is",
    );
    // Nothing is ever appended to it: where it cannot even be cut, its index will say where it ends.
    await home.fs.truncate(home.pathOf(segment.name), segment.bytes).catch(() => {});
  }
}
