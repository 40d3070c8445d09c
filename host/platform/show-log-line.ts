import { isJsonObject } from "../../shared/base/json.ts";
import { instant } from "../../shared/base/units.ts";
import { logLine } from "./log-line.ts";

const warnLevel = 40;
const errorLevel = 50;

/**
 * What people see of one line that a board wrote: warnings and errors of its JSON log in words, and whatever is no log entry, such as the reason why
 * it did not start, as it is. `undefined` for the rest.
 * @see pino's log format: `level` 30 info, 40 warn, 50 error; `time`; `msg`
 */
export function showLogLine(line: string): string | undefined {
  const entry = parse(line);
  if (entry === undefined) return line.trim() === "" ? undefined : line;
  const { level, time, msg, name: _name, pid: _pid, hostname: _hostname, ...fields } = entry;
  if (typeof level !== "number" || level < warnLevel) return undefined;
  const at = typeof time === "string" ? Date.parse(time) : Number(time);
  return logLine(instant(Number.isFinite(at) ? at : 0), level < errorLevel ? "warn" : "error", "board", String(msg), fields);
}

function parse(line: string): { readonly [key: string]: unknown } | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return isJsonObject(entry) && "level" in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}
