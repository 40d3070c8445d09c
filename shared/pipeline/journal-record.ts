import { crc32c } from "../base/crc32c.ts";
import type { Cursor } from "./cursor.ts";

/** What a record is. The numbers are the bytes on disk. */
export const RecordKind = { sample: 1, gap: 2, command: 3, term: 4 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** `u32le bodyLen | u32le crc32c(body)` stand before each body. */
const frameSize = 8;
/** `u32le term | u64le seq | u64le tsMicros | u8 kind | u16le payloadLen`, which begin each body. */
const bodyHead = 23;
/** Bytes of a record besides its payload. */
export const recordOverhead = frameSize + bodyHead;
const longestBody = 65_536;
/** Payloads may be so long, so that the body stays within 65,536 bytes. */
export const longestPayload = longestBody - bodyHead;

const Place = { crc: 4, body: 8, term: 8, seq: 12, micros: 20, kind: 28, payloadLength: 29, payload: 31 } as const;
const word = 4_294_967_296;

/** One record as it lies in `bytes`; `payload` is a view, not a copy. */
export interface JournalRecord extends Cursor {
  /** Microseconds since 1970. */
  readonly micros: number;
  readonly kind: RecordKind;
  readonly payload: Uint8Array;
}

/** What a record says but its payload, which is given beside it. */
export interface RecordHead extends Cursor {
  readonly micros: number;
  readonly kind: RecordKind;
}

/**
 * Writes one record at `at` and gives the offset behind it. Makes no garbage. `target` must have room for `recordOverhead` + payload; the payload must
 * not be longer than {@link longestPayload}, `term` fit 32 bits, `seq` and `micros` be whole numbers from 0 to 2^53 − 1.
 */
export function writeRecord(
  target: Uint8Array,
  at: number,
  term: number,
  seq: number,
  micros: number,
  kind: RecordKind,
  payload: Uint8Array,
): number {
  const length = payload.length;
  writeU32(target, at, bodyHead + length);
  writeU32(target, at + Place.term, term);
  writeU64(target, at + Place.seq, seq);
  writeU64(target, at + Place.micros, micros);
  target[at + Place.kind] = kind;
  target[at + Place.payloadLength] = length;
  target[at + Place.payloadLength + 1] = length >>> 8;
  target.set(payload, at + Place.payload);
  const end = at + recordOverhead + length;
  writeU32(target, at + Place.crc, crc32c(target, at + Place.body, end));
  return end;
}

/** One record as bytes of its own. */
export function encodeRecord(head: RecordHead, payload: Uint8Array): Uint8Array {
  const target = new Uint8Array(recordOverhead + payload.length);
  writeRecord(target, 0, head.term, head.seq, head.micros, head.kind, payload);
  return target;
}

/** Gives the record at `at`, which must be a whole one, another place; all else stays. */
export function restampRecord(bytes: Uint8Array, at: number, term: number, seq: number): void {
  writeU32(bytes, at + Place.term, term);
  writeU64(bytes, at + Place.seq, seq);
  writeU32(bytes, at + Place.crc, crc32c(bytes, at + Place.body, at + frameSize + readU32(bytes, at)));
}

/**
 * The offset behind the record at `at`, or -1 where there is no whole, sound record within `end`. A body shorter than its own head is none: the checksum of
 * nothing is 0, and a zero-filled tail would otherwise be endless empty records.
 */
export function recordEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + recordOverhead > end) return -1;
  const length = readU32(bytes, at);
  const next = at + frameSize + length;
  if (length < bodyHead || length > longestBody || next > end) return -1;
  if (payloadLengthAt(bytes, at) !== length - bodyHead) return -1;
  if (crc32c(bytes, at + Place.body, next) !== readU32(bytes, at + Place.crc)) return -1;
  const kind = bytes[at + Place.kind] ?? 0;
  const sound = kind >= RecordKind.sample && kind <= RecordKind.term && seqAt(bytes, at) <= Number.MAX_SAFE_INTEGER;
  return sound && microsAt(bytes, at) <= Number.MAX_SAFE_INTEGER ? next : -1;
}

/** How long the record at `at` says it is, frame included, sound or not; 0 where not even that can be read. */
export function claimedLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return 0;
  const length = readU32(bytes, at);
  return length < bodyHead || length > longestBody ? 0 : frameSize + length;
}

/** The record at `at`, which must be sound: see {@link recordEnd}. */
export function readRecord(bytes: Uint8Array, at: number): JournalRecord {
  const payload = bytes.subarray(at + Place.payload, at + frameSize + readU32(bytes, at));
  return { term: termAt(bytes, at), seq: seqAt(bytes, at), micros: microsAt(bytes, at), kind: kindAt(bytes, at), payload };
}

export function termAt(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + Place.term);
}

export function seqAt(bytes: Uint8Array, at: number): number {
  return readU64(bytes, at + Place.seq);
}

export function microsAt(bytes: Uint8Array, at: number): number {
  return readU64(bytes, at + Place.micros);
}

export function kindAt(bytes: Uint8Array, at: number): RecordKind {
  const kind = bytes[at + Place.kind];
  return kind === RecordKind.gap || kind === RecordKind.command || kind === RecordKind.term ? kind : RecordKind.sample;
}

function payloadLengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at + Place.payloadLength] ?? 0) | ((bytes[at + Place.payloadLength + 1] ?? 0) << 8);
}

function writeU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

function writeU64(target: Uint8Array, at: number, value: number): void {
  writeU32(target, at, value % word);
  writeU32(target, at + 4, Math.floor(value / word));
}

function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + readU32(bytes, at + 4) * word;
}
