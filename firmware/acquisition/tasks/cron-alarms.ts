import type { Clock } from "../../../shared/base/clock.ts";
import { type Instant, instant, type Millis, millis } from "../../../shared/base/units.ts";
import type { CronTimes } from "./cron-times.ts";

interface Alarm {
  readonly times: CronTimes;
  next: Instant | undefined;
}

/** How much NTP may gain on the monotonic clock before it is noticed: occurrences come late by so much at most, but never early. */
const gainTolerance = millis(20);
/** Set back further than this, the wall clock was plainly wrong before. */
const calendarMemory = millis(3 * 3_600_000);

/**
 * Turns occurrences on the wall clock into monotonic instants, whatever is done to the wall clock: each occurrence is met once. Set forward, it
 * makes what it jumped over due at once and together. Set back by up to three hours, it repeats nothing. Set back by more, the calendar
 * begins anew from the time it shows then.
 */
export class CronAlarms {
  readonly #clock: Clock;
  readonly #alarms = new Map<number, Alarm>();
  /** Wall time less monotonic time, the least that was read: wall time comes in whole milliseconds. */
  #offset: number;
  #latest: Instant;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#latest = clock.wall();
    this.#offset = this.#latest - clock.monotonic();
  }

  /** @param id of the task @returns its first due time */
  add(id: number, times: CronTimes): Millis | undefined {
    const alarm: Alarm = { times, next: times.next(this.#clock.wall()) };
    this.#alarms.set(id, alarm);
    return this.#dueOf(alarm);
  }

  remove(id: number): void {
    this.#alarms.delete(id);
  }

  /** The occurrence was met or skipped. @returns when the first is due that is later than it and than now */
  advance(id: number): Millis | undefined {
    const alarm = this.#alarms.get(id);
    if (alarm === undefined) return undefined;
    const wall = this.#clock.wall();
    alarm.next = alarm.times.next(instant(Math.max(wall, alarm.next ?? wall)));
    return this.#dueOf(alarm);
  }

  /** Calls `setDue` for each task when the wall clock has been set; to be asked before anything is started, and every half minute or so. */
  follow(setDue: (id: number, due: Millis | undefined) => void): void {
    const wall = this.#clock.wall();
    const anew = wall < this.#latest - calendarMemory;
    if (anew || wall > this.#latest) this.#latest = wall;
    const offset = wall - this.#clock.monotonic();
    if (offset >= this.#offset && offset <= this.#offset + gainTolerance) return;
    this.#offset = offset;
    for (const [id, alarm] of this.#alarms) {
      if (anew) alarm.next = alarm.times.next(wall);
      setDue(id, this.#dueOf(alarm));
    }
  }

  #dueOf({ next }: Alarm): Millis | undefined {
    return next === undefined ? undefined : millis(Math.max(this.#clock.monotonic(), next - this.#offset));
  }
}
