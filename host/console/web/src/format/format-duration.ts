const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A span in at most two units: `850 ms`, `12 s`, `3 min 20 s`, `4 h 5 min`, `12 d 3 h`. */
export function formatDuration(span: number): string {
  const size = Math.max(0, span);
  if (size < second) return `${Math.round(size)} ms`;
  if (size < minute) return `${Math.floor(size / second)} s`;
  const pair = (big: number, bigName: string, small: number, smallName: string): string => {
    const rest = Math.floor((size % big) / small);
    return rest === 0 ? `${Math.floor(size / big)} ${bigName}` : `${Math.floor(size / big)} ${bigName} ${rest} ${smallName}`;
  };
  if (size < hour) return size < 10 * minute ? pair(minute, "min", second, "s") : `${Math.floor(size / minute)} min`;
  if (size < day) return pair(hour, "h", minute, "min");
  return pair(day, "d", hour, "h");
}

/** How long ago `at` was, in one unit: `now`, `4 s ago`, `3 min ago`, `2 d ago`; `in 4 s` for what is to come. */
export function formatAgo(at: number, now: number): string {
  const span = now - at;
  const size = Math.abs(span);
  if (size < 1500) return "now";
  const [value, name] =
    size < minute ? [size / second, "s"] : size < hour ? [size / minute, "min"] : size < day ? [size / hour, "h"] : [size / day, "d"];
  const text = `${Math.floor(value)} ${name}`;
  return span >= 0 ? `${text} ago` : `in ${text}`;
}
