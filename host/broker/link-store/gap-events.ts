import type { UnexplainedGap } from "../../../shared/connectors/ports.ts";
import type { Cursor } from "../../../shared/pipeline/cursor.ts";
import type { Gap, GapReason } from "../../../shared/pipeline/gap-record.ts";
import type { EventDraft } from "../../../shared/twin/store-ports.ts";

/** Of so many gaps of one stream each has its event in one batch; the rest share one. */
const mostEvents = 16;

const causes: Readonly<Record<GapReason, string>> = {
  budget: "its journal had no room",
  stop: "its journal had no room and took nothing",
  memory: "its disk refused for longer than its memory held out",
  corrupt: "its disk gave back other bytes than were written",
  torn: "the power went while they were being written",
  acknowledged: "they were here already",
  thin: "its journal kept every other one to make room",
  missing: "nobody knows why",
};

const placeText = ({ term, seq }: Cursor): string => `${term}/${seq}`;

/** Tells of records that a board says are missing, and of such that are missing without a word. */
export function gapEvents(
  board: string,
  stream: string,
  told: readonly Gap[],
  unexplained: readonly UnexplainedGap[],
): readonly EventDraft[] {
  const about = { kind: "board", id: board, thing: board } as const;
  const events: EventDraft[] = [];
  const all: readonly (UnexplainedGap & { readonly why?: GapReason })[] = [...unexplained, ...told];
  for (const { from, to, count, why } of all.slice(0, mostEvents))
    events.push({
      ...about,
      type: why === undefined ? "stream.gap-unexplained" : "stream.gap",
      severity: why === undefined ? "warning" : "notice",
      text: `${board} lacks ${count} records of ${stream}: ${why === undefined ? "the board does not say why" : causes[why]}`,
      data: { stream, from: placeText(from), to: placeText(to), count, ...(why !== undefined && { why }) },
    });
  const rest = all.slice(mostEvents);
  if (rest.length > 0) {
    const count = rest.reduce((sum, gap) => sum + gap.count, 0);
    events.push({
      ...about,
      type: "stream.gap",
      severity: "warning",
      text: `${board} lacks ${count} more records of ${stream} in ${rest.length} places`,
      data: { stream, count, places: rest.length },
    });
  }
  return events;
}
