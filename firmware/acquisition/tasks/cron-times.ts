import { Cron } from "croner";
import { EdgeError } from "../../../shared/base/edge-error.ts";
import { type Instant, instant } from "../../../shared/base/units.ts";

/** The text is no cron pattern, names an unknown zone, or never comes true. */
export class BadCron extends EdgeError {
  readonly code = "EDGE_BAD_CRON";
  constructor(pattern: string, zone: string, cause?: unknown) {
    const why = cause instanceof Error ? cause.message : "it never comes";
    super(`cron pattern "${pattern}" in zone "${zone}": ${why}; expected five or six fields and an IANA time zone`, { cause });
  }
}

/**
 * The instants of a cron pattern in a time zone. A pattern with one fixed time of day that falls into the hour skipped in spring comes at the end
 * of the gap, and in the hour repeated in autumn it comes once; every other pattern skips the one hour and comes in both of the others.
 */
export class CronTimes {
  readonly #cron: Cron;

  /** @throws {BadCron} */
  constructor(pattern: string, zone: string) {
    let first: Date | null;
    try {
      this.#cron = new Cron(pattern, { paused: true, timezone: zone, mode: "5-or-6-parts" });
      first = this.#cron.nextRun();
    } catch (cause) {
      throw new BadCron(pattern, zone, cause);
    }
    if (first === null) throw new BadCron(pattern, zone);
  }

  /** The first instant after `after`, `undefined` when none is left. */
  next(after: Instant): Instant | undefined {
    const next = this.#cron.nextRun(new Date(after));
    return next === null ? undefined : instant(next.getTime());
  }
}
