import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { QueryTooCostly } from "../../../shared/twin/documents/document-errors.ts";
import type { Bucket } from "../../../shared/twin/documents/reading.ts";
import { type BucketPlan, planBuckets } from "./bucket-plan.ts";
import { ByteReader } from "./byte-reader.ts";
import type { HistoryKeys } from "./history-keys.ts";
import type { HistoryView } from "./history-space.ts";
import { hour, hourOf } from "./history-time.ts";
import type { Point } from "./point-table.ts";
import { stateOf } from "./pruned-state.ts";
import { type ScannedReading, scanReadings } from "./scan-readings.ts";
import { Summary } from "./summary.ts";
import { hourSummary, readMinutes } from "./summary-bytes.ts";

export interface BucketQuery {
  /** Whole milliseconds, `from` before `to`. */
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  /** Into values that are objects, outermost first; empty for the value itself. */
  readonly steps: readonly string[];
  /** Readings that may be looked at singly. */
  readonly most: number;
}

export interface BucketAnswer {
  readonly width: number;
  readonly buckets: readonly Bucket[];
  /** Readings that were looked at singly. */
  readonly cost: number;
}

/**
 * Sums up the readings of a point by equal spans. Hours that are not marked are answered from their sums; of the others the readings are read, and of those
 * that were pruned before, both. @throws {QueryTooCostly} {Stopped} {HistoryDamaged}
 */
export async function queryBuckets(
  view: HistoryView,
  keys: HistoryKeys,
  point: Point,
  query: BucketQuery,
  stop: StopSignal,
): Promise<BucketAnswer> {
  const reader = new ByteReader();
  const pruned = stateOf(reader, await view.get(keys.state(point.id)));
  const plan = planBuckets({ ...query, readingsOnly: query.steps.length > 0 }, pruned);
  const sums = new Spans(plan);
  let cost = 0;
  const add = ({ place, quality, value }: ScannedReading): void => {
    cost += 1;
    if (cost > query.most) throw new QueryTooCostly(`the history of ${point.thing}/${point.feature}`, `${query.most} readings`);
    sums.at(place.source).add(place, quality, partOf(value, query.steps));
  };
  const readings = (from: number, to: number): Promise<void> =>
    scanReadings(view, keys, point.id, Math.max(from, plan.from), Math.min(to, plan.to), add, stop);
  if (plan.grain === "reading") {
    await readings(plan.from, plan.to);
  } else {
    const marked = new Set<number>();
    const kind = plan.grain === "hour" ? "hours" : "minutes";
    const first = hourOf(plan.from);
    for await (const entries of view.entries(keys.span("mark", point.id, first, plan.to), stop)) {
      for (const [key] of entries) marked.add(keys.timeOf(key));
    }
    for await (const entries of view.entries(keys.span(kind, point.id, first, plan.to), stop)) {
      for (const [key, value] of entries) {
        const begin = keys.timeOf(key);
        if (marked.has(begin) && begin >= pruned.readings) continue;
        reader.open(value);
        if (kind === "hours") sums.at(begin).merge(hourSummary(reader, begin));
        else readMinutes(reader, begin, (from, summary) => sums.within(from)?.merge(summary));
      }
    }
    for (const [from, to] of runs(marked)) await readings(from, to);
  }
  return { width: plan.width, buckets: sums.buckets(), cost };
}

/** Hours that follow one another, as spans. @param begins in order */
function* runs(begins: Iterable<number>): Generator<readonly [from: number, to: number]> {
  let from: number | undefined;
  let to = 0;
  for (const begin of begins) {
    if (from !== undefined && begin !== to) yield [from, to];
    if (from === undefined || begin !== to) from = begin;
    to = begin + hour;
  }
  if (from !== undefined) yield [from, to];
}

/** The sums of every span that has readings. */
class Spans {
  readonly #plan: BucketPlan;
  readonly #sums = new Map<number, Summary>();

  constructor(plan: BucketPlan) {
    this.#plan = plan;
  }

  /** The sums of the span that holds a time. */
  at(time: number): Summary {
    const index = Math.floor(time / this.#plan.width);
    let sum = this.#sums.get(index);
    if (sum === undefined) {
      sum = new Summary();
      this.#sums.set(index, sum);
    }
    return sum;
  }

  /** The same, where the time is within what was asked for. */
  within(time: number): Summary | undefined {
    return time >= this.#plan.from && time < this.#plan.to ? this.at(time) : undefined;
  }

  buckets(): readonly Bucket[] {
    return [...this.#sums].sort(([a], [b]) => a - b).map(([index, sum]) => sum.bucket(index * this.#plan.width));
  }
}

/** Lists are values: no step leads into them. */
function partOf(value: JsonValue, steps: readonly string[]): JsonValue | undefined {
  let part: JsonValue | undefined = value;
  for (const step of steps) {
    if (!isJsonObject(part) || !Object.hasOwn(part, step)) return undefined;
    part = part[step];
  }
  return part;
}
