import type { ReadLimits, WantedRange } from "../../shared/acquisition/reads/plan-reads.ts";
import { isBitArea } from "../../shared/acquisition/reads/read-cost.ts";

/** How Telegraf's Modbus input may group the fields of a request, as its manual describes it. */
export type TelegrafOptimization = "shrink" | "rearrange" | "aggressive" | "max_insert";

export interface TelegrafRead {
  readonly area: WantedRange["area"];
  readonly address: number;
  readonly quantity: number;
}

/** Registers that `max_insert` may fill in between two fields: the manual's default. */
export const telegrafFill = 50;

/**
 * The reads that Telegraf makes of the fields, by its manual: fields by address, a read as long as the device takes, a new one where the next field
 * lies too far off. `shrink` and `rearrange` read consecutive addresses only and, since no field is omitted here, come to the same; `aggressive`
 * fills any gap that fits; `max_insert` fills gaps of at most `fill`. The user of the peer has given it a request of its own for each side of a hole.
 */
export function telegrafReads(
  wanted: readonly WantedRange[],
  limits: ReadLimits,
  optimization: TelegrafOptimization,
  fill = telegrafFill,
): readonly TelegrafRead[] {
  const bridge = { shrink: 0, rearrange: 0, aggressive: Number.POSITIVE_INFINITY, max_insert: fill }[optimization];
  const fields = [...wanted].sort((a, b) => a.area.localeCompare(b.area) || a.address - b.address || b.span - a.span);
  const reads: { area: WantedRange["area"]; address: number; quantity: number }[] = [];
  for (const { area, address, span } of fields) {
    const last = reads[reads.length - 1];
    const end = address + span;
    const largest = isBitArea(area) ? limits.bits : limits.registers;
    const holed = (from: number): boolean =>
      (limits.holes ?? []).some((hole) => hole.area === area && hole.from < address && hole.to >= from);
    const joins =
      last?.area === area &&
      address - (last.address + last.quantity) <= bridge &&
      Math.max(end, last.address + last.quantity) - last.address <= largest &&
      !holed(last.address + last.quantity);
    if (last !== undefined && joins) last.quantity = Math.max(last.quantity, end - last.address);
    else reads.push({ area, address, quantity: span });
  }
  return reads;
}
