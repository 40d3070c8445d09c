import type { Clock } from "../../../shared/base/clock.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { HistoryWrite } from "./batch-sink.ts";
import type { HistoryCounters } from "./history-counters.ts";
import { hourOfPoint } from "./history-keys.ts";
import type { HourMarks } from "./hour-marks.ts";
import { futureFrom, isNewer, type Point } from "./point-table.ts";

/** What one batch of readings changes in memory when it is kept. */
export class ReadingWrite implements HistoryWrite {
  readonly #marks: HourMarks;
  readonly #counters: HistoryCounters;
  readonly #hours = new Set<number>();
  readonly #newest = new Map<Point, Reading>();
  readonly #future: number;
  #readings = 0;
  #ended = false;

  constructor(parts: { readonly marks: HourMarks; readonly counters: HistoryCounters; readonly clock: Clock }) {
    this.#marks = parts.marks;
    this.#counters = parts.counters;
    this.#future = futureFrom(parts.clock.wall());
    this.#marks.opened(this.#hours);
  }

  /** One more reading. @param begin of its hour @returns whether the batch has to mark the hour */
  add(point: Point, reading: Reading, begin: number): boolean {
    this.#readings += 1;
    const newest = this.#newest.get(point);
    if (newest === undefined || isNewer(reading, newest, this.#future)) this.#newest.set(point, reading);
    const hour = hourOfPoint(point.id, begin);
    if (this.#hours.has(hour)) return false;
    this.#hours.add(hour);
    return this.#marks.touch(hour, begin);
  }

  /** True until the first reading of a point. */
  isNew(point: Point): boolean {
    return !this.#newest.has(point);
  }

  committed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#marks.closed(this.#hours, true);
    this.#counters.written += this.#readings;
    for (const [point, reading] of this.#newest) {
      point.saved = true;
      if (point.newest === undefined || isNewer(reading, point.newest, this.#future)) point.newest = reading;
    }
  }

  failed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#marks.closed(this.#hours, false);
  }
}
