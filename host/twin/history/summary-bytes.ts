import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { minute } from "./history-time.ts";
import { Summary } from "./summary.ts";
import { formOf, readNumber, readValue, writeValue } from "./value-bytes.ts";

/** The head of a sum: which counts there are, and what of numbers. On disk. */
const Flag = { good: 1, uncertain: 2, stale: 4, bad: 8, numbers: 0x10, allAlike: 0x20, carry: 0x40 } as const;

/** The sums of one hour. @param begin of the hour */
export function hourBytes(writer: ByteWriter, begin: number, summary: Summary): Uint8Array {
  write(writer, begin, summary);
  return writer.take();
}

/** @throws {HistoryDamaged} */
export function hourSummary(reader: ByteReader, begin: number): Summary {
  return read(reader, begin);
}

/** The sums of an hour's minutes: number of the minute and its sums, one behind the other. @param minutes by begin, in order */
export function minutesBytes(writer: ByteWriter, begin: number, minutes: Iterable<readonly [number, Summary]>): Uint8Array {
  for (const [from, summary] of minutes) {
    writer.byte((from - begin) / minute);
    write(writer, from, summary);
  }
  return writer.take();
}

/** Calls `each` with the begin of every minute that has readings, and their sums. @throws {HistoryDamaged} */
export function readMinutes(reader: ByteReader, begin: number, each: (from: number, summary: Summary) => void): void {
  while (!reader.done) {
    const from = begin + reader.byte() * minute;
    each(from, read(reader, from));
  }
}

function write(writer: ByteWriter, from: number, summary: Summary): void {
  const { good, uncertain, stale, bad, numbers, min, max, sum, carry } = summary;
  const alike = numbers > 0 && min === max && carry === 0 && sum === min * numbers;
  writer.byte(
    (good > 0 ? Flag.good : 0) |
      (uncertain > 0 ? Flag.uncertain : 0) |
      (stale > 0 ? Flag.stale : 0) |
      (bad > 0 ? Flag.bad : 0) |
      (numbers > 0 ? Flag.numbers : 0) |
      (alike ? Flag.allAlike : 0) |
      (carry === 0 ? 0 : Flag.carry),
  );
  for (const count of [good, uncertain, stale, bad]) if (count > 0) writer.count(count);
  if (numbers > 0) {
    writer.count(numbers);
    writeTagged(writer, min);
    if (!alike) {
      writeTagged(writer, max);
      writeTagged(writer, sum);
      if (carry !== 0) writeTagged(writer, carry);
    }
  }
  writer.count(summary.source - from);
  writer.count(summary.term);
  writer.count(summary.seq);
  const last = summary.last ?? null;
  const form = formOf(last);
  writer.byte(form);
  writeValue(writer, last, form);
}

function read(reader: ByteReader, from: number): Summary {
  const summary = new Summary();
  const head = reader.byte();
  if ((head & Flag.good) !== 0) summary.good = reader.count();
  if ((head & Flag.uncertain) !== 0) summary.uncertain = reader.count();
  if ((head & Flag.stale) !== 0) summary.stale = reader.count();
  if ((head & Flag.bad) !== 0) summary.bad = reader.count();
  if ((head & Flag.numbers) !== 0) {
    summary.numbers = reader.count();
    summary.min = readTagged(reader);
    if ((head & Flag.allAlike) !== 0) {
      summary.max = summary.min;
      summary.sum = summary.min * summary.numbers;
    } else {
      summary.max = readTagged(reader);
      summary.sum = readTagged(reader);
      if ((head & Flag.carry) !== 0) summary.carry = readTagged(reader);
    }
  }
  summary.source = from + reader.count();
  summary.term = reader.count();
  summary.seq = reader.count();
  summary.last = readValue(reader, reader.byte());
  return summary;
}

function writeTagged(writer: ByteWriter, value: number): void {
  const form = formOf(value);
  writer.byte(form);
  writeValue(writer, value, form);
}

function readTagged(reader: ByteReader): number {
  return readNumber(reader, reader.byte());
}
