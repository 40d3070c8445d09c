import { isJsonObject, type JsonValue } from "../../base/json.ts";
import { decodeUtf8, encodeUtf8 } from "../../base/utf8.ts";
import { type JournalRecord, RecordKind } from "../../pipeline/journal-record.ts";

/**
 * How a command ended: `done` · `refused` by a rule · `failed` at the device · `expired` before it was begun ·
 * `unknown` it was begun, and a power cut or a replaced storage hides how it ended; it is not tried again.
 */
export const CommandOutcome = { done: "done", refused: "refused", failed: "failed", expired: "expired", unknown: "unknown" } as const;
export type CommandOutcome = (typeof CommandOutcome)[keyof typeof CommandOutcome];

/** What a command came to. */
export interface CommandResult {
  readonly outcome: CommandOutcome;
  /** Code of the error for `refused` and `failed`. */
  readonly code?: string;
  /** One sentence for people. */
  readonly reason?: string;
  /** What the point held before and after, where that is known. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** The record of a command's end: the payload of a journal record of kind command, as JSON. */
export interface CommandRecord extends CommandResult {
  readonly cmdSeq: number;
  readonly opId: string;
}

export const longestReason = 512;
export const longestOpId = 128;

const isOutcome = (value: unknown): value is CommandOutcome => typeof value === "string" && Object.hasOwn(CommandOutcome, value);
const isText = (value: unknown, longest: number): value is string => typeof value === "string" && value.length <= longest;

/** The record as a payload. A reason that is too long is cut. */
export function encodeCommandRecord(record: CommandRecord): Uint8Array {
  const { reason } = record;
  return encodeUtf8(JSON.stringify(reason === undefined ? record : { ...record, reason: reason.slice(0, longestReason) }));
}

/** What a JSON value says of a command's end; `undefined` when it says none. Members that are not known are left out. */
export function commandRecordOf(value: unknown): CommandRecord | undefined {
  if (!isJsonObject(value)) return undefined;
  const { cmdSeq, opId, outcome, code, reason, before, after } = value;
  if (typeof cmdSeq !== "number" || !Number.isSafeInteger(cmdSeq) || cmdSeq < 1) return undefined;
  if (!isText(opId, longestOpId) || !isOutcome(outcome)) return undefined;
  return {
    cmdSeq,
    opId,
    outcome,
    ...(isText(code, 64) && { code }),
    ...(isText(reason, longestReason) && { reason }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

/** Reads a payload; `undefined` when it is not the record of a command's end. Never throws. */
export function decodeCommandRecord(payload: Uint8Array): CommandRecord | undefined {
  const text = decodeUtf8(payload);
  if (text === undefined) return undefined;
  try {
    return commandRecordOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** How the commands ended of which these records tell. */
export function endedIn(records: readonly JournalRecord[]): readonly CommandRecord[] {
  const ended: CommandRecord[] = [];
  for (const record of records) {
    const one = record.kind === RecordKind.command ? decodeCommandRecord(record.payload) : undefined;
    if (one !== undefined) ended.push(one);
  }
  return ended;
}
