import { type HistoryFigures, type HistoryOptions, playHistory } from "./history.ts";

/** Plays so many histories from a seed on, and adds up what they came to. @throws {HistoryBroken} */
export async function playHistories(from: number, count: number, options: Omit<HistoryOptions, "seed">): Promise<HistoryFigures> {
  const sum = { appended: 0, stored: 0, destroyed: 0, commands: 0, sessions: 0, messages: 0, gaps: 0 };
  for (let seed = from; seed < from + count; seed++) {
    const figures = await playHistory({ ...options, seed });
    sum.appended += figures.appended;
    sum.stored += figures.stored;
    sum.destroyed += figures.destroyed;
    sum.commands += figures.commands;
    sum.sessions += figures.sessions;
    sum.messages += figures.messages;
    sum.gaps += figures.gaps;
  }
  return sum;
}
