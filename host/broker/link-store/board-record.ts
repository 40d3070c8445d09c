import { isJsonObject, type JsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { LinkBatch } from "../../../shared/connectors/ports.ts";

/** Starts of a board that are remembered, the newest ones: only those can come again. */
const mostBoots = 32;

/** What is kept of a board's link beside its cursors. */
export interface BoardRecord {
  readonly boots: ReadonlyMap<number, string>;
  readonly origin: string | undefined;
  /** Hash of what the board said last of what it has. */
  readonly description: string | undefined;
}

export const noBoardRecord: BoardRecord = { boots: new Map(), origin: undefined, description: undefined };

export const boardRecordKey = (board: string): string => `link/board/${board}`;

/** The record after a batch; the same object where the batch tells nothing new of it. */
export function afterBatch(record: BoardRecord, { boot, origin }: Pick<LinkBatch, "boot" | "origin">): BoardRecord {
  const sameBoot = boot === undefined || record.boots.get(boot.term) === boot.bootId;
  if (sameBoot && (origin === undefined || origin === record.origin)) return record;
  const boots = [...record.boots, ...(boot === undefined ? [] : [[boot.term, boot.bootId] as const])].sort(([a], [b]) => a - b);
  return { ...record, boots: new Map(boots.slice(-mostBoots)), origin: origin ?? record.origin };
}

export function encodeBoardRecord({ boots, origin, description }: BoardRecord): JsonObject {
  return { boots: [...boots], ...(origin !== undefined && { origin }), ...(description !== undefined && { description }) };
}

/** Reads what {@link encodeBoardRecord} gave. */
export function decodeBoardRecord(value: JsonValue | undefined): BoardRecord {
  if (!isJsonObject(value)) return noBoardRecord;
  const { boots, origin, description } = value;
  const pairs = Array.isArray(boots) ? boots.flatMap((pair: JsonValue) => bootOf(pair)) : [];
  return {
    boots: new Map(pairs),
    origin: typeof origin === "string" ? origin : undefined,
    description: typeof description === "string" ? description : undefined,
  };
}

function bootOf(pair: JsonValue): readonly (readonly [number, string])[] {
  if (!Array.isArray(pair)) return [];
  const [term, bootId] = pair;
  return typeof term === "number" && typeof bootId === "string" ? [[term, bootId]] : [];
}
