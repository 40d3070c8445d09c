import type { SampleSink } from "../../shared/acquisition/ports.ts";
import type { Sample } from "../../shared/acquisition/sample.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { JsonObject } from "../../shared/base/json.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { RecordKind } from "../../shared/pipeline/journal-record.ts";
import type { Journal } from "../../shared/pipeline/ports.ts";
import { type ResolvedJournal, samplesStream } from "../../shared/pipeline/resolve-journal.ts";
import { encodeSample } from "../../shared/pipeline/sample-record.ts";
import { samePointValue } from "../../shared/twin/reported-sample.ts";

export interface SampleRecorderParts {
  readonly journal: Pick<Journal, "append">;
  readonly settings: Pick<ResolvedJournal, "record" | "heartbeat" | "streams">;
  readonly clock: Clock;
  /** Told of each sample right after it was appended, with its payload. */
  readonly onRecorded?: (stream: string, sample: Pick<Sample, "thing" | "feature" | "received">, payload: Uint8Array) => void;
  /** Points whose last sample is remembered; default 200,000. Samples of further ones are all recorded. */
  readonly maxPoints?: number;
}

interface Point {
  readonly stream: string;
  /** What was recorded last. */
  recorded: Sample;
  /** What came last. */
  latest: Sample;
}

/** Unchanged points are recorded in such pieces, one a second: all fit between two heartbeats, and none is longer than memory bears. */
const pieceInterval = millis(1000);
const smallestPiece = 1024;

/**
 * Puts samples into the journal, each thing's into its stream. With `record: change` a sample counts when its value or its quality is another than
 * recorded last. Points that stay the same are recorded with the heartbeat, all of them together: written one by one as they come, each would cost a page
 * of flash memory of its own.
 */
export class SampleRecorder implements SampleSink, MetricSource {
  readonly #parts: SampleRecorderParts;
  readonly #maxPoints: number;
  readonly #streams: ReadonlyMap<string, string>;
  readonly #things = new Map<string, Map<string, Point>>();
  #points = 0;
  #recorded = 0;
  #unchanged = 0;
  #beyond = 0;
  #disarm: Disarm = () => {};
  #closed = false;

  constructor(parts: SampleRecorderParts) {
    this.#parts = parts;
    this.#maxPoints = parts.maxPoints ?? 200_000;
    this.#streams = new Map(parts.settings.streams.flatMap(({ id, things }) => things.map((thing) => [thing, id] as const)));
    if (parts.settings.record === "change") this.#arm(parts.settings.heartbeat, () => this.#beat());
  }

  accept(samples: readonly Sample[]): void {
    if (this.#closed) return;
    for (const sample of samples) this.#take(sample);
  }

  /** Records a state of a thing that is no value of a point, in the form of a sample. */
  note(thing: string, feature: string, value: JsonObject): void {
    if (this.#closed) return;
    const { clock, journal, onRecorded } = this.#parts;
    const stream = this.#streams.get(thing) ?? samplesStream;
    const received = clock.wall();
    const payload = encodeUtf8(JSON.stringify({ t: thing, f: feature, v: value, s: received }));
    journal.append(stream, RecordKind.sample, received, payload);
    onRecorded?.(stream, { thing, feature, received }, payload);
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  metrics(): readonly Metric[] {
    return [
      one("penstock_journal_points", "gauge", "Points whose last sample is remembered, to tell whether the next one is new.", this.#points),
      one("penstock_journal_samples_total", "counter", "Samples put into the journal.", this.#recorded),
      one(
        "penstock_journal_unchanged_total",
        "counter",
        "Samples not put into the journal because only their times were new.",
        this.#unchanged,
      ),
      one(
        "penstock_journal_points_beyond_total",
        "counter",
        "Samples of points beyond those that can be remembered: all recorded.",
        this.#beyond,
      ),
    ];
  }

  #take(sample: Sample): void {
    if (this.#parts.settings.record === "always") {
      this.#record(this.#streams.get(sample.thing) ?? samplesStream, sample);
      return;
    }
    const point = this.#things.get(sample.thing)?.get(sample.feature);
    if (point === undefined) {
      this.#meet(sample);
      return;
    }
    point.latest = sample;
    const { recorded } = point;
    if (recorded.quality === sample.quality && samePointValue(recorded.value, sample.value)) {
      this.#unchanged += 1;
      return;
    }
    this.#recordPoint(point);
  }

  #meet(sample: Sample): void {
    const stream = this.#streams.get(sample.thing) ?? samplesStream;
    this.#record(stream, sample);
    if (this.#points >= this.#maxPoints) {
      this.#beyond += 1;
      return;
    }
    let features = this.#things.get(sample.thing);
    if (features === undefined) {
      features = new Map();
      this.#things.set(sample.thing, features);
    }
    features.set(sample.feature, { stream, recorded: sample, latest: sample });
    this.#points += 1;
  }

  #recordPoint(point: Point): void {
    point.recorded = point.latest;
    this.#record(point.stream, point.latest);
  }

  #record(stream: string, sample: Sample): void {
    this.#recorded += 1;
    const { journal, onRecorded } = this.#parts;
    const payload = encodeSample(sample);
    journal.append(stream, RecordKind.sample, sample.received, payload);
    onRecorded?.(stream, sample, payload);
  }

  /** Has all points recorded that something came of since they were, piece by piece. */
  #beat(): void {
    const { heartbeat } = this.#parts.settings;
    const piece = Math.max(smallestPiece, Math.ceil((this.#points * 2 * pieceInterval) / heartbeat));
    this.#continue(this.#stale(), piece, this.#parts.clock.monotonic());
  }

  #continue(points: Generator<Point>, piece: number, begun: Millis): void {
    const { clock, settings } = this.#parts;
    for (let left = piece; left > 0; left--) {
      const next = points.next();
      if (next.done === true) {
        this.#arm(millis(Math.max(pieceInterval, begun + settings.heartbeat - clock.monotonic())), () => this.#beat());
        return;
      }
      this.#recordPoint(next.value);
    }
    this.#arm(pieceInterval, () => this.#continue(points, piece, begun));
  }

  *#stale(): Generator<Point> {
    for (const features of this.#things.values()) {
      for (const point of features.values()) if (point.latest !== point.recorded) yield point;
    }
  }

  #arm(delay: Millis, callback: () => void): void {
    this.#disarm = this.#parts.clock.after(delay, callback);
  }
}

function one(name: string, type: "counter" | "gauge", help: string, value: number): Metric {
  return { name, help, type, values: [{ labels: {}, value }] };
}
