import { isJsonObject, type JsonValue } from "../base/json.ts";
import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";
import type { Cursor } from "./cursor.ts";

/**
 * Why records are missing.
 * `budget` the stream's room was full · `stop` so it was, and the stream takes nothing then · `memory` the disk refused for longer than memory held out ·
 * `corrupt` the disk gave back other bytes than were written ·
 * `torn` the power went while they were being written · `acknowledged` a gateway had them, and they were removed · `thin` every second sample went to make room · `missing` nobody knows
 */
export const GapReason = {
  budget: "budget",
  stop: "stop",
  memory: "memory",
  corrupt: "corrupt",
  torn: "torn",
  acknowledged: "acknowledged",
  thin: "thin",
  missing: "missing",
} as const;
export type GapReason = (typeof GapReason)[keyof typeof GapReason];

/** What a gap record says. */
export interface Gap {
  /** The first record that is missing. */
  readonly from: Cursor;
  /** The last. */
  readonly to: Cursor;
  readonly why: GapReason;
  /** How many are missing. */
  readonly count: number;
  /** `thin` only: of so many samples one was kept. */
  readonly every?: number;
}

/** The payload of a gap record. */
export function encodeGap({ from, to, why, count, every }: Gap): Uint8Array {
  return encodeUtf8(JSON.stringify({ from: [from.term, from.seq], to: [to.term, to.seq], why, count, every }));
}

/** Reads the payload of a gap record, `undefined` where it is none. Never throws. */
export function decodeGap(payload: Uint8Array): Gap | undefined {
  const members = parseObject(payload);
  if (members === undefined) return undefined;
  const from = cursorOf(members["from"]);
  const to = cursorOf(members["to"]);
  const { why, count, every } = members;
  if (from === undefined || to === undefined || !isReason(why) || !isNatural(count)) return undefined;
  return { from, to, why, count, ...(isNatural(every) && { every }) };
}

function parseObject(payload: Uint8Array): { readonly [key: string]: JsonValue } | undefined {
  const text = decodeUtf8(payload);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function cursorOf(value: JsonValue | undefined): Cursor | undefined {
  if (!Array.isArray(value)) return undefined;
  const [term, seq] = value;
  return isNatural(term) && isNatural(seq) ? { term, seq } : undefined;
}

function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isReason(value: JsonValue | undefined): value is GapReason {
  return typeof value === "string" && Object.hasOwn(GapReason, value);
}
