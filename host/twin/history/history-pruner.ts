import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { BelievedWall } from "../../platform/believed-wall.ts";
import type { CommitUpkeep } from "./batch-sink.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { HistoryKeys, HourKind } from "./history-keys.ts";
import type { HistoryView } from "./history-space.ts";
import { day, hour, hourOf, orderedTime } from "./history-time.ts";
import type { Point } from "./point-table.ts";
import { type PrunedState, stateBytes, stateOf } from "./pruned-state.ts";
import { putKept, type UpkeepParts } from "./upkeep.ts";

/** How often the history is looked through for what is too old, and how long after the start for the first time. */
const period = day;
const firstAfter = hour;
/** Keys that one batch removes, or as many as the hour has that they end in. */
const keysPerBatch = 5000;
const shrink = 0.9;
const grow = 1.05;

/**
 * Removes what is too old, a few thousand records a batch: readings by whole hours, in one batch with the note up to where, so that what comes late afterwards
 * is known to be new. Readings of marked hours wait until they are summed up.
 */
export class HistoryPruner {
  readonly #parts: UpkeepParts;
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();
  readonly #wall: BelievedWall;
  #days: number;
  #next: number;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
    this.#days = parts.settings.rawDays;
    this.#next = parts.clock.monotonic() + firstAfter;
    this.#wall = new BelievedWall(parts.clock);
  }

  /** Days that readings are kept now. */
  get days(): number {
    return this.#days;
  }

  /** Looks through all points when it is time to, or when there are too many readings. @throws {Stopped}, and what `commit` throws */
  async run(points: () => Iterable<Point>, commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    const { clock, counters, settings, log } = this.#parts;
    const now = clock.monotonic();
    this.#wall.now();
    const full = counters.kept > settings.rawReadings;
    if (!full && now < this.#next) return;
    this.#next = now + period;
    this.#days = Math.min(settings.rawDays, this.#days * grow);
    for (;;) {
      for (const point of [...points()]) await this.#prune(point, commit, stop);
      if (counters.kept <= settings.rawReadings || this.#days <= hour / day) return;
      this.#days *= shrink;
      log.warn(
        { days: this.#days, readings: counters.kept, most: settings.rawReadings },
        "history: too many readings, keeps them for fewer days",
      );
    }
  }

  async #prune(point: Point, commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    const { settings } = this.#parts;
    // By the newest reading as well: a wall clock that runs ahead must not take the history with it, be it the gateway's or the board's.
    const now = Math.min(this.#wall.now(), orderedTime(point.newest?.source ?? Number.NEGATIVE_INFINITY));
    const minuteDays = Math.max(settings.minuteDays, settings.rawDays);
    const hourDays = Math.max(settings.hourDays, minuteDays);
    while (await this.#readings(point, hourOf(now - this.#days * day), commit, stop));
    while (await this.#sums("minutes", point, hourOf(now - minuteDays * day), commit, stop));
    while (await this.#sums("hours", point, hourOf(now - hourDays * day), commit, stop));
  }

  /** One batch of readings. @returns whether there may be more */
  async #readings(point: Point, horizon: number, commit: CommitUpkeep, stop: StopSignal): Promise<boolean> {
    const { space, keys, counters } = this.#parts;
    await using view = space();
    const state = await this.#state(view, point.id);
    const until = await this.#firstMark(view, point.id, horizon, stop);
    if (until <= state.readings) return false;
    const range = { gte: behindPruned(keys, "reading", point.id, state.readings), lt: keys.span("reading", point.id, until, until).lt };
    const drop: Uint8Array[] = [];
    let end = Number.NEGATIVE_INFINITY;
    let more = false;
    collect: for await (const entries of view.entries(range, stop)) {
      for (const [key] of entries) {
        const time = keys.timeOf(key);
        if (time >= end) {
          if (drop.length >= keysPerBatch) {
            more = true;
            break collect;
          }
          end = hourOf(time) + hour;
        }
        drop.push(key);
      }
    }
    if (drop.length === 0) return false;
    const readings = Math.max(state.readings, end);
    await commit((sink) => {
      for (const key of drop) sink.del(key);
      sink.put(keys.state(point.id), stateBytes(this.#writer, { ...state, readings }));
      counters.kept -= drop.length;
      putKept(sink, this.#parts);
    });
    counters.prunedReadings += drop.length;
    return more;
  }

  /** One batch of sums. @returns whether there may be more */
  async #sums(kind: "minutes" | "hours", point: Point, horizon: number, commit: CommitUpkeep, stop: StopSignal): Promise<boolean> {
    const { space, keys, counters } = this.#parts;
    await using view = space();
    const state = await this.#state(view, point.id);
    const pruned = kind === "minutes" ? state.minutes : Number.NEGATIVE_INFINITY;
    if (horizon <= pruned) return false;
    const range = { gte: behindPruned(keys, kind, point.id, pruned), lt: keys.span(kind, point.id, horizon, horizon).lt };
    const drop: Uint8Array[] = [];
    for await (const entries of view.entries(range, stop, { limit: keysPerBatch })) for (const [key] of entries) drop.push(key);
    const last = drop.at(-1);
    if (last === undefined) return false;
    const minutes = Math.max(state.minutes, keys.timeOf(last) + hour);
    await commit((sink) => {
      for (const key of drop) sink.del(key);
      if (kind === "minutes") sink.put(keys.state(point.id), stateBytes(this.#writer, { ...state, minutes }));
    });
    counters.prunedSums += drop.length;
    return drop.length === keysPerBatch;
  }

  /** The first hour before `horizon` whose sums may lack readings, or `horizon`. */
  async #firstMark(view: HistoryView, id: number, horizon: number, stop: StopSignal): Promise<number> {
    const { keys } = this.#parts;
    const range = { gte: keys.all("mark", id).gte, lt: keys.span("mark", id, horizon, horizon).lt };
    for await (const entries of view.entries(range, stop, { limit: 1 })) for (const [key] of entries) return keys.timeOf(key);
    return horizon;
  }

  async #state(view: HistoryView, id: number): Promise<PrunedState> {
    return stateOf(this.#reader, await view.get(this.#parts.keys.state(id)));
  }
}

/** Where what is not pruned begins: what was deleted leaves traces for a while, and there is no need to go through them. */
function behindPruned(keys: HistoryKeys, kind: HourKind, id: number, pruned: number): Uint8Array {
  return pruned === Number.NEGATIVE_INFINITY ? keys.all(kind, id).gte : keys.span(kind, id, pruned, pruned).gte;
}
