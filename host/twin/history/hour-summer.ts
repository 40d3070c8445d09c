import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { CommitUpkeep } from "./batch-sink.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { HistoryDamaged } from "./history-errors.ts";
import { hourOfPoint } from "./history-keys.ts";
import type { HistoryView } from "./history-space.ts";
import { hour, hourOf, minute } from "./history-time.ts";
import { type PrunedState, stateOf } from "./pruned-state.ts";
import { scanReadings } from "./scan-readings.ts";
import { Summary } from "./summary.ts";
import { hourBytes, hourSummary, minutesBytes, readMinutes } from "./summary-bytes.ts";
import { putKept, type UpkeepParts } from "./upkeep.ts";

/** How long after its end an hour is summed up: most of what comes late has come by then. */
const patience = 5 * minute;
/** Readings and hours that one batch sums up at most. */
const readingsPerBatch = 50_000;
const hoursPerBatch = 200;
/** Every so often hours are summed up although they are still being written to: else a board that never stops would keep them for ever. */
const impatientPass = 30;

interface SummedHour {
  readonly mark: number;
  readonly id: number;
  readonly begin: number;
  readonly hour: Uint8Array | undefined;
  readonly minutes: Uint8Array | undefined;
  /** Readings that go with it, since those around them were pruned before. */
  readonly drop: readonly Uint8Array[];
  /** Readings that are kept now and were not counted yet. */
  readonly more: number;
}

/**
 * Sums up marked hours that are over. The sums replace those of before and the mark goes in one batch, unless the hour was written to meanwhile: then all
 * stays as it is until the next pass. So an hour without a mark always has the sums of all its readings, whatever comes late and whenever the power goes.
 */
export class HourSummer {
  readonly #parts: UpkeepParts;
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();
  #pass = 0;
  /** When the pass before began, as a moment of the marks. */
  #before = 0;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** @throws {Stopped} {HistoryDamaged}, and what `commit` throws */
  async run(commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    const { marks, clock } = this.#parts;
    const over = hourOf(clock.wall() - patience);
    const now = marks.advance();
    this.#pass += 1;
    const calm = this.#pass % impatientPass === 0 ? now : this.#before;
    this.#before = now;
    if (marks.earliest >= over) return;
    marks.beginScan();
    let complete = false;
    try {
      let after: Uint8Array | undefined;
      do {
        const moment = marks.advance();
        const found = await this.#collect(after, over, calm, stop);
        if (found.hours.length > 0) await this.#commit(found.hours, moment, commit);
        after = found.after;
      } while (after !== undefined);
      complete = true;
    } finally {
      marks.endScan(complete);
    }
  }

  /** Sums up the next hours behind a mark. `after` is where to go on. */
  async #collect(
    from: Uint8Array | undefined,
    over: number,
    calm: number,
    stop: StopSignal,
  ): Promise<{ readonly hours: readonly SummedHour[]; readonly after: Uint8Array | undefined }> {
    const { space, keys, marks, log } = this.#parts;
    const hours: SummedHour[] = [];
    let readings = 0;
    await using view = space();
    const range = keys.marks();
    for await (const entries of view.entries(from === undefined ? range : { gte: behind(from), lt: range.lt }, stop)) {
      for (const [key] of entries) {
        const id = keys.idOf(key);
        const begin = keys.timeOf(key);
        if (begin >= over || !marks.quietSince(hourOfPoint(id, begin), calm)) {
          marks.remains(begin);
          continue;
        }
        try {
          const { summed, looked } = await this.#sum(view, id, begin, stop);
          hours.push(summed);
          readings += looked;
        } catch (error) {
          if (!(error instanceof HistoryDamaged)) throw error;
          // One bad record must not keep the others from being summed up. Its hour stays as it is.
          log.error({ point: id, hour: begin, error }, "history: an hour cannot be summed up");
          marks.remains(begin);
        }
        if (readings >= readingsPerBatch || hours.length >= hoursPerBatch) return { hours, after: key };
      }
    }
    return { hours, after: undefined };
  }

  async #sum(
    view: HistoryView,
    id: number,
    begin: number,
    stop: StopSignal,
  ): Promise<{ readonly summed: SummedHour; readonly looked: number }> {
    const { keys } = this.#parts;
    const pruned = stateOf(this.#reader, await view.get(keys.state(id)));
    const bytes = await view.get(keys.hour("hours", id, begin));
    const known = bytes === undefined ? undefined : hourSummary(this.#reader.open(bytes), begin);
    const merging = begin < pruned.readings;
    const minutes = merging ? await this.#minutes(view, id, begin) : new Map<number, Summary>();
    const total = merging && known !== undefined ? known : new Summary();
    const drop: Uint8Array[] = [];
    let looked = 0;
    await scanReadings(
      view,
      keys,
      id,
      begin,
      begin + hour,
      ({ key, place, quality, value }) => {
        looked += 1;
        const from = Math.floor(place.source / minute) * minute;
        let sum = minutes.get(from);
        if (sum === undefined) {
          sum = new Summary();
          minutes.set(from, sum);
        }
        sum.add(place, quality, value);
        total.add(place, quality, value);
        if (merging) drop.push(key);
      },
      stop,
    );
    const more = merging ? 0 : looked - (known?.count ?? 0);
    return { summed: { mark: hourOfPoint(id, begin), id, begin, ...this.#bytes(begin, total, minutes, pruned), drop, more }, looked };
  }

  #bytes(begin: number, total: Summary, minutes: Map<number, Summary>, pruned: PrunedState): Pick<SummedHour, "hour" | "minutes"> {
    if (total.count === 0) return { hour: undefined, minutes: undefined };
    const ordered = [...minutes].sort(([a], [b]) => a - b);
    return {
      hour: hourBytes(this.#writer, begin, total),
      minutes: begin < pruned.minutes ? undefined : minutesBytes(this.#writer, begin, ordered),
    };
  }

  async #minutes(view: HistoryView, id: number, begin: number): Promise<Map<number, Summary>> {
    const minutes = new Map<number, Summary>();
    const bytes = await view.get(this.#parts.keys.hour("minutes", id, begin));
    if (bytes !== undefined) readMinutes(this.#reader.open(bytes), begin, (from, summary) => minutes.set(from, summary));
    return minutes;
  }

  async #commit(hours: readonly SummedHour[], moment: number, commit: CommitUpkeep): Promise<void> {
    const { keys, marks, counters } = this.#parts;
    let summed = 0;
    await commit((sink) => {
      for (const { mark, id, begin, hour: hourSums, minutes, drop, more } of hours) {
        if (!marks.quietSince(mark, moment)) {
          marks.remains(begin);
          continue;
        }
        marks.clear(mark);
        sink.del(keys.hour("mark", id, begin));
        if (hourSums !== undefined) sink.put(keys.hour("hours", id, begin), hourSums);
        if (minutes !== undefined) sink.put(keys.hour("minutes", id, begin), minutes);
        for (const key of drop) sink.del(key);
        summed += 1;
        counters.kept += more;
      }
      putKept(sink, this.#parts);
    });
    counters.summed += summed;
  }
}

/** The first key behind another. */
function behind(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
