export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Years 0 and 10000: beyond them times are taken as these when records are put in order. Both are whole hours. */
const earliest = -62_167_219_200_000;
const latest = 253_402_300_800_000;

/** A time as the history orders by it: whole milliseconds within the years 0 to 9999. What is no number counts as 1970. */
export function orderedTime(time: number): number {
  if (Number.isNaN(time)) return 0;
  return Math.min(latest - 1, Math.max(earliest, Math.floor(time))) + 0;
}

/** The first whole millisecond that is not before `time`, within the same bounds: an edge of a span. */
export function orderedEdge(time: number): number {
  if (Number.isNaN(time)) return 0;
  return Math.min(latest, Math.max(earliest, Math.ceil(time))) + 0;
}

/** The begin of the hour that holds a time. */
export function hourOf(time: number): number {
  return Math.floor(time / hour) * hour;
}

/** Behind every hour that a reading can lie in. */
export const pastAllHours: number = latest;

/** Hours since the first one that can be: a whole number below 2^27. */
export function hourNumber(begin: number): number {
  return (begin - earliest) / hour;
}
