import { Cron } from "croner";
import type { Calendar } from "../../shared/acquisition/tasks/check-schedule.ts";

/** Calendars as croner and the engine's time zone data know them. */
export const cronCalendar: Calendar = {
  patternFault(pattern, zone) {
    const fields = pattern.trim().split(/\s+/).length;
    if (fields !== 5 && fields !== 6) return `it has ${fields} fields`;
    try {
      const next = new Cron(pattern, { paused: true, timezone: zone, mode: "5-or-6-parts" }).nextRun();
      return next === null ? "it never comes" : undefined;
    } catch (error) {
      return error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    }
  },
  knowsZone(zone) {
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  },
};
