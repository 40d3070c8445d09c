import { isAscii } from "node:buffer";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import type { StreamBatch } from "../../../shared/connectors/ports.ts";
import { decodeGap, type Gap } from "../../../shared/pipeline/gap-record.ts";
import { RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { decodeSample, type RecordedSample, sampleOfText } from "../../../shared/pipeline/sample-record.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";

/** What the records of one stream say. */
export interface StreamYield {
  readonly stream: string;
  readonly readings: readonly Reading[];
  /** The board's own words on what is missing. */
  readonly told: readonly Gap[];
  /** Sample and gap records that are none. */
  readonly invalid: number;
}

/** Reads the records of one stream. */
export type ReadStream = (board: string, batch: StreamBatch) => StreamYield;

/** Reads samples and gaps; ends of commands and starts of the log are the link's own affair. Records that cannot be read are counted. */
export function readStream(_board: string, { stream, records }: StreamBatch): StreamYield {
  const readings: Reading[] = [];
  const told: Gap[] = [];
  let invalid = 0;
  for (const { kind, payload, term, seq } of records) {
    if (kind === RecordKind.sample) {
      const sample = sampleIn(payload);
      if (sample === undefined) invalid++;
      else readings.push(readingOf(sample, term, seq));
    } else if (kind === RecordKind.gap) {
      const gap = decodeGap(payload);
      if (gap === undefined) invalid++;
      else told.push(gap);
    }
  }
  return { stream, readings, told, invalid };
}

/** Most payloads are ASCII, which Node reads much faster than the portable decoder does. */
function sampleIn(payload: Uint8Array): RecordedSample | undefined {
  if (!isAscii(payload)) return decodeSample(payload);
  return sampleOfText(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("latin1"));
}

function readingOf({ thing, feature, value, quality, source, received, reason }: RecordedSample, term: number, seq: number): Reading {
  const reading = { thing, feature, value, quality, source, received, term, seq };
  return reason === undefined ? reading : { ...reading, reason };
}

/** The records of one stream could not be read: a fault of the reader, not of the records. */
export class StreamReadFailed extends EdgeError {
  readonly code = "EDGE_STREAM_UNREADABLE";
  readonly stream: string;
  constructor(stream: string, cause: unknown) {
    super(`the records of stream ${stream} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.stream = stream;
  }
}
