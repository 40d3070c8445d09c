import { parseDuration } from "../../../shared/base/duration.ts";
import { CommandUsage } from "./cli-errors.ts";

/** A moment as typed: `now`, a span back such as `-1h` or `-30 d`, or a date and time. Milliseconds since 1970. @throws {CommandUsage} */
export function parseMoment(text: string, now: number): number {
  if (text === "now") return now;
  const back = /^-\s*(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(text);
  if (back !== null) {
    try {
      return now - parseDuration(`${back[1]} ${back[2]}`);
    } catch {
      throw wrong(text);
    }
  }
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw wrong(text);
  return at;
}

const wrong = (text: string): CommandUsage =>
  new CommandUsage(`"${text}" is no time; expected now, a span back such as -8h, or 2026-11-21T14:00:00Z`);
