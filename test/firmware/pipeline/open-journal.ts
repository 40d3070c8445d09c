import { SegmentedJournal, type SegmentedJournalParts } from "../../../firmware/pipeline/segmented-journal.ts";
import { instant } from "../../../shared/base/units.ts";
import type { Cursor } from "../../../shared/pipeline/cursor.ts";
import { beginning } from "../../../shared/pipeline/cursor.ts";
import { decodeGap, type Gap } from "../../../shared/pipeline/gap-record.ts";
import { type JournalRecord, RecordKind, readRecord } from "../../../shared/pipeline/journal-record.ts";
import type { Journal, ReadBounds } from "../../../shared/pipeline/ports.ts";
import { resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";
import { scanRecords } from "../../../shared/pipeline/scan-records.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { MemoryLogFs } from "../../harness/memory-log-fs.ts";

/** Room of the two streams that every journal has, in most of these tests. */
export const room = 4 * 1_048_576;

/** A journal on a file system in memory, in virtual time. */
export async function openJournal(parts: Partial<SegmentedJournalParts> = {}): Promise<SegmentedJournal> {
  return SegmentedJournal.open({
    fs: new MemoryLogFs(),
    directory: "journal",
    settings: resolveJournal({}, room),
    clock: new FakeClock(),
    log: new FakeLog(),
    random: () => 0.5,
    newBootId: () => "00112233445566778899aabbccddeeff",
    ...parts,
  });
}

/** The records of sound bytes. */
export function recordsIn(bytes: Uint8Array): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const record = readRecord(bytes, at);
    records.push(record);
    const { end } = scanRecords(bytes, at, at + 31 + record.payload.length);
    if (end === at) throw new Error(`unsound record at ${at}`);
    at = end;
  }
  return records;
}

/** Everything that a stream has behind a place, as a reader gets it. */
export async function readAll(
  journal: Journal,
  stream: string,
  after: Cursor = beginning,
  bounds: ReadBounds = { records: 1000, bytes: 65_536 },
): Promise<readonly JournalRecord[]> {
  const all: JournalRecord[] = [];
  let place = after;
  for (;;) {
    const { records, count, last, more } = await journal.read(stream, place, bounds);
    const some = recordsIn(records);
    if (some.length !== count) throw new Error(`${count} records were said to be there, ${some.length} are`);
    all.push(...some);
    place = last;
    if (!more) return all;
  }
}

/** Appends samples to the stream named samples, one a text, a second apart from the first second of 1970 on. */
export function append(journal: Journal, ...texts: readonly string[]): void {
  for (const [index, text] of texts.entries()) {
    journal.append("samples", RecordKind.sample, instant(1000 * index), new TextEncoder().encode(text));
  }
}

/** The payloads of samples and commands. */
export function textsIn(records: readonly JournalRecord[]): readonly string[] {
  const told = records.filter(({ kind }) => kind === RecordKind.sample || kind === RecordKind.command);
  return told.map(({ payload }) => new TextDecoder().decode(payload));
}

/** What the gap records say, each with the number at which it stands. */
export function gapsIn(records: readonly JournalRecord[]): readonly (Gap & { readonly at: number })[] {
  return records.flatMap(({ kind, payload, seq }) => {
    const gap = kind === RecordKind.gap ? decodeGap(payload) : undefined;
    return gap === undefined ? [] : [{ ...gap, at: seq }];
  });
}
