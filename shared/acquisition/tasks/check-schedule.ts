import { checkDuration } from "../../base/check-duration.ts";
import { parseDuration } from "../../base/duration.ts";
import { pointerTo } from "../../base/json-pointer.ts";
import type { Problem } from "../../base/problem.ts";
import { millis } from "../../base/units.ts";
import type { ScheduleConfig } from "./schedule-config.ts";

/** What knows calendars: the core does not. */
export interface Calendar {
  /** What is wrong with a cron pattern, `undefined` when nothing is. @param zone a time zone it knows */
  patternFault(pattern: string, zone: string): string | undefined;
  knowsZone(zone: string): boolean;
}

/** What the schema cannot say about a schedule. @param path pointer of the schedule */
export function* checkSchedule(path: string, config: ScheduleConfig, calendar: Calendar): Generator<Problem> {
  yield* checkDuration(pointerTo(path, "deadline"), config.deadline, millis(1));
  if ("once" in config) yield* checkDuration(pointerTo(path, "once"), config.once, millis(0));
  else if ("cron" in config) {
    const zone = config.zone ?? "UTC";
    if (!calendar.knowsZone(zone)) {
      const expected = 'the IANA name of a time zone, as in "Europe/Berlin"';
      yield { path: pointerTo(path, "zone"), message: `"${zone}" is not a known time zone`, expected };
      return;
    }
    const fault = calendar.patternFault(config.cron, zone);
    if (fault !== undefined) {
      const expected = 'minute, hour, day, month and weekday, as in "0 6 * * 1-5", seconds before them if need be';
      yield { path: pointerTo(path, "cron"), message: `"${config.cron}" is not a cron pattern: ${fault}`, expected };
    }
  } else {
    yield* checkDuration(pointerTo(path, "every"), config.every, millis(1));
    yield* checkDuration(pointerTo(path, "phase"), config.phase, millis(0));
    if (config.phase !== undefined && parseDuration(config.phase) >= parseDuration(config.every)) {
      yield {
        path: pointerTo(path, "phase"),
        message: `"${config.phase}" is not shorter than the period`,
        expected: `less than "${config.every}"`,
      };
    }
  }
}
