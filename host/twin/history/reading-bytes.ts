import type { Quality } from "../../../shared/acquisition/sample.ts";
import type { JsonValue } from "../../../shared/base/json.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { orderedTime } from "./history-time.ts";
import { formOf, readValue, writeValue } from "./value-bytes.ts";

/** Qualities by their number on disk. */
const qualities: readonly [Quality, Quality, Quality, Quality] = ["good", "uncertain", "stale", "bad"];

/** The head of a record: two bits of quality, four of the value's form, then these. */
const Flag = { reason: 0x40, oddTimes: 0x80 } as const;

/** Between source and received; beyond it both are kept as they are. */
const longestDelay = 2 ** 50;

/** All of a reading that its key does not say: head, delay from source to received (or both times as floats), value, reason. */
export function readingBytes(writer: ByteWriter, reading: Reading): Uint8Array {
  const { value, quality, source, received, reason } = reading;
  const form = formOf(value);
  const delay = received - source;
  const odd =
    !Object.is(orderedTime(source), source) ||
    !Number.isInteger(delay) ||
    Math.abs(delay) > longestDelay ||
    !Object.is(source + delay, received);
  writer.byte(qualities.indexOf(quality) | (form << 2) | (reason === undefined ? 0 : Flag.reason) | (odd ? Flag.oddTimes : 0));
  if (odd) {
    writer.float64(source);
    writer.float64(received);
  } else {
    writer.whole(delay);
  }
  writeValue(writer, value, form);
  if (reason !== undefined) writer.text(reason);
  return writer.take();
}

/** The parts of a reading that its record and its key say. */
export interface KeptReading {
  /** As in the key: whole milliseconds. */
  readonly at: number;
  readonly term: number;
  readonly seq: number;
}

/** The quality and value of a record, for sums. @throws {HistoryDamaged} */
export function measured(reader: ByteReader): { readonly quality: Quality; readonly value: JsonValue } {
  const head = reader.byte();
  skipTimes(reader, head);
  return { quality: qualityOf(head), value: readValue(reader, formIn(head)) };
}

/** A whole reading again. @throws {HistoryDamaged} */
export function readingOf(reader: ByteReader, point: { readonly thing: string; readonly feature: string }, kept: KeptReading): Reading {
  const head = reader.byte();
  const odd = (head & Flag.oddTimes) !== 0;
  const source = odd ? reader.float64() : kept.at;
  const received = odd ? reader.float64() : source + reader.whole();
  const value = readValue(reader, formIn(head));
  const { thing, feature } = point;
  const reading = { thing, feature, value, quality: qualityOf(head), source, received, term: kept.term, seq: kept.seq };
  return (head & Flag.reason) === 0 ? reading : { ...reading, reason: reader.text() };
}

function skipTimes(reader: ByteReader, head: number): void {
  if ((head & Flag.oddTimes) === 0) reader.whole();
  else {
    reader.float64();
    reader.float64();
  }
}

function qualityOf(head: number): Quality {
  return qualities[head & 3] ?? "bad";
}

function formIn(head: number): number {
  return (head >> 2) & 0xf;
}
