import type { Sample } from "../../../../shared/acquisition/sample.ts";
import { instant } from "../../../../shared/base/units.ts";
import { encodeUtf8 } from "../../../../shared/base/utf8.ts";
import type { CommandRecord } from "../../../../shared/connectors/link/command-record.ts";
import type { LinkBatch, StreamBatch, UnexplainedGap } from "../../../../shared/connectors/ports.ts";
import { beginning, type Cursor } from "../../../../shared/pipeline/cursor.ts";
import { encodeRecord, type JournalRecord, RecordKind, readRecord } from "../../../../shared/pipeline/journal-record.ts";
import { encodeSample } from "../../../../shared/pipeline/sample-record.ts";

export const bootId = "0123456789abcdef0123456789abcdef";
export const origin = "fedcba9876543210fedcba9876543210";

export interface RecordPlan {
  readonly seq: number;
  readonly term?: number;
  readonly kind?: RecordKind;
  readonly payload: Uint8Array;
}

/** A good sample of a number. */
export function sampleOf(thing: string, feature: string, value: Sample["value"], at = 1_700_000_000_000): Uint8Array {
  return encodeSample({ thing, feature, value, quality: "good", source: instant(at), received: instant(at) });
}

/** What a board would bring of a stream behind `prev`. */
export function streamBatch(
  stream: string,
  plans: readonly RecordPlan[],
  { prev = beginning, gaps = [] }: { readonly prev?: Cursor; readonly gaps?: readonly UnexplainedGap[] } = {},
): StreamBatch {
  const frames: Uint8Array[] = [];
  const records: JournalRecord[] = [];
  for (const { seq, term = 1, kind = RecordKind.sample, payload } of plans) {
    const frame = encodeRecord({ term, seq, micros: (1_700_000_000_000 + seq) * 1000, kind }, payload);
    frames.push(frame);
    records.push(readRecord(frame, 0));
  }
  const last = plans[plans.length - 1];
  return { stream, prev, cursor: last === undefined ? prev : { term: last.term ?? 1, seq: last.seq }, frames, records, gaps };
}

/** `count` samples of one point behind a place. */
export function samples(stream: string, point: { thing: string; feature: string }, count: number, prev: Cursor = beginning): StreamBatch {
  const term = Math.max(1, prev.term);
  const plans = Array.from({ length: count }, (_, at) => {
    const seq = prev.seq + 1 + at;
    return { seq, term, payload: sampleOf(point.thing, point.feature, seq, 1_700_000_000_000 + seq * 1000) };
  });
  return streamBatch(stream, plans, { prev });
}

export function batchOf(streams: readonly StreamBatch[], ended: readonly CommandRecord[] = []): LinkBatch {
  return { streams, ended };
}

export const commandPayload = (record: CommandRecord): Uint8Array => encodeUtf8(JSON.stringify(record));
