import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How far the history of a point was cut off. Both are whole hours, and -Infinity where nothing was. */
export interface PrunedState {
  /** Readings before this one are gone, but those of marked hours, which came later: the hour's sums do not have them yet. */
  readonly readings: number;
  /** Sums of minutes before this one are gone. */
  readonly minutes: number;
}

export const nothingPruned: PrunedState = { readings: Number.NEGATIVE_INFINITY, minutes: Number.NEGATIVE_INFINITY };

export function stateBytes(writer: ByteWriter, state: PrunedState): Uint8Array {
  writer.float64(state.readings);
  writer.float64(state.minutes);
  return writer.take();
}

/** @throws {HistoryDamaged} */
export function stateOf(reader: ByteReader, bytes: Uint8Array | undefined): PrunedState {
  if (bytes === undefined) return nothingPruned;
  reader.open(bytes);
  return { readings: reader.float64(), minutes: reader.float64() };
}
