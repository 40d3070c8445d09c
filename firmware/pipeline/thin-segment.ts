import type { Instant } from "../../shared/base/units.ts";
import { encodeGap, GapReason } from "../../shared/pipeline/gap-record.ts";
import { claimedLength, encodeRecord, kindAt, RecordKind, seqAt, termAt } from "../../shared/pipeline/journal-record.ts";
import { joinBytes } from "../../shared/pipeline/move-records.ts";
import { scanRecords } from "../../shared/pipeline/scan-records.ts";
import { replaceFile } from "./sealed-file.ts";
import { type Segment, segmentOf } from "./segment.ts";
import type { StreamDirectory } from "./stream-directory.ts";

/** Of so many samples one stays. */
const every = 2;

/**
 * Sound records without every second sample. At the place of the first that goes stands a gap record that tells from where to where, and how many went.
 * Commands, gaps and terms stay, and so does the last record.
 */
export function thinRecords(bytes: Uint8Array, now: Instant): { readonly bytes: Uint8Array; readonly gone: number } {
  const parts: Uint8Array[] = [];
  let samples = 0;
  let gone = 0;
  let gapAt = -1;
  let from = { term: 0, seq: 0 };
  let to = from;
  for (let at = 0; at < bytes.length; ) {
    const next = at + claimedLength(bytes, at, bytes.length);
    if (kindAt(bytes, at) === RecordKind.sample && samples++ % every === every - 1 && next < bytes.length) {
      to = { term: termAt(bytes, at), seq: seqAt(bytes, at) };
      if (gone === 0) {
        from = to;
        gapAt = parts.push(new Uint8Array(0)) - 1;
      }
      gone += 1;
    } else parts.push(bytes.subarray(at, next));
    at = next;
  }
  if (gone > 0) {
    const told = encodeGap({ from, to, why: GapReason.thin, count: gone, every });
    parts[gapAt] = encodeRecord({ ...from, micros: now * 1000, kind: RecordKind.gap }, told);
  }
  return { bytes: joinBytes(parts), gone };
}

/** Writes a segment anew without every second sample and puts it in its own place. `undefined` when it cannot be read as it should be. */
export async function thinSegment(home: StreamDirectory, segment: Segment, now: Instant): Promise<Segment | undefined> {
  const whole = await home.fs.read(home.pathOf(segment.name), 0, segment.bytes);
  if (scanRecords(whole).end !== segment.bytes) return undefined;
  const { bytes, gone } = thinRecords(whole, now);
  if (gone === 0) return undefined;
  await replaceFile(home.fs, home.path, `${segment.name}.seg`, bytes);
  const thinned = segmentOf(segment.name, scanRecords(bytes));
  if (thinned === undefined) return undefined;
  return { ...thinned, ...(segment.lost !== undefined && { lost: segment.lost }), thinned: (segment.thinned ?? 0) + gone };
}
