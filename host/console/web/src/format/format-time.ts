const two = (value: number): string => String(value).padStart(2, "0");

/** The local time zone with its distance from UTC then, as in `Europe/Vienna, UTC+01:00`. */
export function zoneOf(at: number, zone: string = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  const offset = -new Date(at).getTimezoneOffset();
  const size = Math.abs(offset);
  return `${zone}, UTC${offset < 0 ? "\u2212" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The day in local time: `2026-11-21`. */
export function formatDay(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The time of day in local time: `14:03:27`. */
export function formatClock(at: number, millis = false): string {
  const date = new Date(at);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return millis ? `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}` : clock;
}

/** Day and time, the day left out when it is today's. */
export function formatStamp(at: number, now: number): string {
  return formatDay(at) === formatDay(now) ? formatClock(at) : `${formatDay(at)} ${formatClock(at)}`;
}

/** For titles: ISO 8601 in UTC, and the local time with its zone. */
export function timeTitle(at: number): string {
  return `${new Date(at).toISOString()} · ${formatDay(at)} ${formatClock(at, true)} ${zoneOf(at)}`;
}
