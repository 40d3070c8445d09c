import { formatBytes } from "../format/format-bytes.ts";
import { formatDuration } from "../format/format-duration.ts";
import { formatClock, formatDay } from "../format/format-time.ts";
import { formatValue } from "../format/format-value.ts";

/** The name of a fact for people: `restartsToday` is `Restarts today`. */
export function factName(key: string): string {
  if (/^(?:pid|rss|cpu|id|url)$/.test(key)) return key.toUpperCase();
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/[-_]/g, " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** A fact by what its name says of its unit. */
export function factText(key: string, value: unknown): string {
  if (typeof value === "number") {
    if (/(bytes|size|rss|memory|disk)$/i.test(key)) return formatBytes(value);
    if (/(At|Since)$|^(at|since)$/.test(key) && value > 1e11) return `${formatDay(value)} ${formatClock(value)}`;
    if (/(uptime|age|duration|lag)$/i.test(key)) return formatDuration(value);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return formatValue(value);
}
