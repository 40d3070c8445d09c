import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { QueryTooCostly } from "../../../shared/twin/documents/document-errors.ts";
import type { Bucket, Reading } from "../../../shared/twin/documents/reading.ts";
import type { History } from "../../../shared/twin/store-ports.ts";
import { parseTwinPath } from "../../../shared/twin/twin-path.ts";
import type { BatchSink, CommitUpkeep, HistoryWrite } from "./batch-sink.ts";
import { planBuckets } from "./bucket-plan.ts";
import { ByteWriter } from "./byte-writer.ts";
import { HistoryCounters } from "./history-counters.ts";
import { HistoryKeys } from "./history-keys.ts";
import { HistoryPruner } from "./history-pruner.ts";
import { HistoryRemover } from "./history-remover.ts";
import { defaultHistorySettings, type HistorySettings } from "./history-settings.ts";
import { type HistoryDatabase, type HistorySpace, historySpace } from "./history-space.ts";
import { hourOf, orderedEdge, orderedTime } from "./history-time.ts";
import { HourMarks } from "./hour-marks.ts";
import { HourSummer } from "./hour-summer.ts";
import { loadPoints, nameBytes } from "./load-points.ts";
import { futureFrom, type Point, PointTable } from "./point-table.ts";
import { nothingPruned } from "./pruned-state.ts";
import { queryBuckets } from "./query-buckets.ts";
import { queryReadings } from "./query-readings.ts";
import { readingBytes } from "./reading-bytes.ts";
import { ReadingWrite } from "./reading-write.ts";
import { readKept, type UpkeepParts } from "./upkeep.ts";
import { UpkeepLoop } from "./upkeep-loop.ts";

export interface LevelHistoryParts<K, V> {
  /** Open already, and closed by its owner. */
  readonly db: HistoryDatabase<K, V>;
  /** All keys of the history begin with it, and no other keys of the database do. Its last byte is not to be 255. */
  readonly prefix: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings?: Partial<HistorySettings>;
  /** With it the history looks after itself, once a minute, until it is closed; without it `maintain` is to be called. */
  readonly commit?: CommitUpkeep;
}

const nothing = new Uint8Array(0);

type ReadingsQuery = Parameters<History["readings"]>[0];
type BucketsQuery = Parameters<History["buckets"]>[0];

/**
 * History within a LevelDB database that somebody else writes: what is put and deleted goes into his batches ({@link BatchSink}), so that readings, cursors and
 * documents are kept together or not at all.
 *
 * Readings are kept singly, under point and source time. Hours that are over are summed up, as a whole and by the minute; the mark that a write puts on its
 * hour tells which sums are not to be trusted yet. Writes read nothing. Term and sequence number name a reading: written again, it is one and the same, as
 * long as it is kept singly; after that its hour counts it again.
 */
export class LevelHistory implements History, MetricSource, AsyncDisposable {
  readonly #space: HistorySpace;
  readonly #keys: HistoryKeys;
  readonly #clock: Clock;
  readonly #settings: HistorySettings;
  readonly #points: PointTable;
  readonly #marks = new HourMarks();
  readonly #counters = new HistoryCounters();
  readonly #writer = new ByteWriter();
  readonly #summer: HourSummer;
  readonly #pruner: HistoryPruner;
  readonly #remover: HistoryRemover;
  #upkeep: Promise<void> | undefined;
  #loop: UpkeepLoop | undefined;

  private constructor(parts: Omit<UpkeepParts, "marks" | "counters">, points: PointTable) {
    this.#space = parts.space;
    this.#keys = parts.keys;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
    this.#points = points;
    const upkeep = { ...parts, marks: this.#marks, counters: this.#counters };
    this.#summer = new HourSummer(upkeep);
    this.#pruner = new HistoryPruner(upkeep);
    this.#remover = new HistoryRemover(upkeep);
  }

  /** Reads the names of all points and their newest readings. @throws {HistoryDamaged} */
  static async open<K, V>(parts: LevelHistoryParts<K, V>): Promise<LevelHistory> {
    const { db, prefix, clock, log, commit } = parts;
    const settings = { ...defaultHistorySettings, ...parts.settings };
    const space = historySpace(db);
    const keys = new HistoryKeys(prefix);
    const points = new PointTable(settings.points);
    const history = new LevelHistory({ space, keys, clock, log, settings }, points);
    await using view = space();
    await loadPoints(view, keys, points, futureFrom(clock.wall()), new AbortController().signal);
    history.#counters.kept = await readKept({ space, keys });
    if (commit !== undefined) history.#loop = new UpkeepLoop({ clock, log, round: (stop) => history.maintain(commit, stop) });
    return history;
  }

  /**
   * Makes room for the points of readings, so that a change can be refused before it is part of a batch: `write` then takes them.
   * @throws {StoreFull} a reading is of a point beyond the bound
   */
  admit(readings: readonly Reading[]): void {
    this.#points.ofReadings(readings);
  }

  /**
   * Puts readings into a batch: synchronously, and without reading anything. Their newest values show when the batch is `committed`.
   * @throws {StoreFull} a reading is of a point beyond the bound; nothing was put
   */
  write(readings: readonly Reading[], sink: BatchSink): HistoryWrite {
    const points = this.#points.ofReadings(readings);
    const write = new ReadingWrite({ marks: this.#marks, counters: this.#counters, clock: this.#clock });
    try {
      for (const [index, reading] of readings.entries()) {
        const point = points[index];
        if (point !== undefined) this.#put(point, reading, write, sink);
      }
    } catch (error) {
      write.failed();
      throw error;
    }
    return write;
  }

  #put(point: Point, reading: Reading, write: ReadingWrite, sink: BatchSink): void {
    const { id, saved } = point;
    if (!saved && write.isNew(point)) {
      sink.put(this.#keys.point(id), nameBytes(point.thing, point.feature));
      sink.put(this.#keys.fence(id), nothing);
      sink.del(this.#keys.removed(id));
    }
    const source = orderedTime(reading.source);
    const begin = hourOf(source);
    if (write.add(point, reading, begin)) sink.put(this.#keys.hour("mark", id, begin), nothing);
    sink.put(this.#keys.reading(id, source, reading.term, reading.seq), readingBytes(this.#writer, reading));
  }

  /**
   * Removes the history of a thing, or of one of its features, with the batch; what lies on disk goes with the next upkeep. Readings that are written from now
   * on begin a new history.
   */
  remove(thing: string, feature: string | undefined, sink: BatchSink): HistoryWrite {
    const gone = [...this.#points.of(thing)].filter((point) => feature === undefined || point.feature === feature);
    for (const point of gone) {
      this.#points.drop(point);
      sink.del(this.#keys.point(point.id));
      sink.put(this.#keys.removed(point.id), nothing);
    }
    return {
      committed: () => {},
      failed: () => {
        for (const point of gone) {
          if (this.#points.find(thing, point.feature) !== undefined) continue;
          // A batch that failed may be on disk all the same: the next write says that the point is there.
          point.saved = false;
          this.#points.add(point);
        }
      },
    };
  }

  /**
   * One round of upkeep: clears what was removed, sums up hours that are over, removes what is too old. To be called about once a minute; while a round runs,
   * another call joins it. Upkeep that was cut off, by `stop`, an error or a crash, goes on where it was in the next round.
   * @throws {Stopped} {HistoryDamaged}, and what `commit` throws
   */
  maintain(commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    this.#upkeep ??= this.#maintain(commit, stop).finally(() => {
      this.#upkeep = undefined;
    });
    return this.#upkeep;
  }

  async #maintain(commit: CommitUpkeep, stop: StopSignal): Promise<void> {
    this.#counters.kept = await readKept({ space: this.#space, keys: this.#keys });
    await this.#remover.run(commit, stop);
    await this.#summer.run(commit, stop);
    await this.#pruner.run(() => this.#points.all(), commit, stop);
  }

  latest(thing: string, feature: string): Reading | undefined {
    return this.#points.find(thing, feature)?.newest;
  }

  latestOf(thing: string): readonly Reading[] {
    const readings: Reading[] = [];
    for (const { newest } of this.#points.of(thing)) if (newest !== undefined) readings.push(newest);
    return readings;
  }

  /** @throws {Stopped} {HistoryDamaged} */
  async readings(query: ReadingsQuery, stop: StopSignal): Promise<readonly Reading[]> {
    const point = this.#points.find(query.thing, query.feature);
    if (point === undefined) return [];
    await using view = this.#space();
    return await queryReadings(view, this.#keys, point, query, stop);
  }

  /**
   * See {@link History.buckets}. Minimum, maximum and mean take every quality but `bad`. `path` looks at single readings only, so it does not reach behind the
   * days that these are kept.
   * @throws {QueryTooCostly} more single readings than one query may look at · {TwinPathInvalid} · {Stopped} · {HistoryDamaged}
   */
  async buckets(query: BucketsQuery, stop: StopSignal): Promise<{ readonly width: number; readonly buckets: readonly Bucket[] }> {
    const steps = parseTwinPath(query.path ?? "");
    const from = orderedEdge(query.from);
    const to = Math.max(from + 1, orderedEdge(query.to));
    const wish = { from, to, buckets: query.buckets };
    const point = this.#points.find(query.thing, query.feature);
    if (point === undefined) return { width: planBuckets({ ...wish, readingsOnly: steps.length > 0 }, nothingPruned).width, buckets: [] };
    this.#counters.queries += 1;
    try {
      await using view = this.#space();
      const most = this.#settings.readingsPerQuery;
      const { width, buckets, cost } = await queryBuckets(view, this.#keys, point, { ...wish, steps, most }, stop);
      this.#counters.queriedReadings += cost;
      return { width, buckets };
    } catch (error) {
      if (error instanceof QueryTooCostly) this.#counters.tooCostly += 1;
      throw error;
    }
  }

  /** Ends the upkeep. The database stays open; the queue has to take batches until this resolves. */
  async close(): Promise<void> {
    await this.#loop?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  metrics(): readonly Metric[] {
    return this.#counters.metrics(this.#points.size, this.#points.refused, this.#pruner.days);
  }
}
