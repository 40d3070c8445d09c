import { termAt } from "../../pipeline/journal-record.ts";
import type { Journal } from "../../pipeline/ports.ts";

/**
 * Sees to it that this start writes in a term that no gateway was told before, and that all records that the gateway is not known to have stand in terms
 * above `floor`: it passes over those that do not. Both hold by themselves, unless the storage gave up what it had called durable.
 * @param told the highest term that a gateway was told by an earlier start
 */
export async function standAboveFloor(
  journal: Pick<Journal, "streams" | "info" | "read" | "raiseTerm" | "term">,
  floor: number,
  told: number,
): Promise<void> {
  if (journal.term <= told) await journal.raiseTerm(told);
  if (floor === 0) return;
  for (const stream of journal.streams) {
    const { records, count } = await journal.read(stream, journal.info(stream).acknowledged, { records: 1, bytes: 1 });
    if (count === 0 || termAt(records, 0) > floor) continue;
    await journal.raiseTerm(Math.max(floor, journal.term));
    return;
  }
}
