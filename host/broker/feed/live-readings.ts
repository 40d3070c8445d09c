import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { parseSamplePayload } from "../../../shared/broker/payloads.ts";
import type { LiveFeed, LiveReading } from "../../../shared/console/gateway-ports.ts";
import { type Cursor, compareCursors } from "../../../shared/pipeline/cursor.ts";
import type { Reading } from "../../../shared/twin/documents/reading.ts";
import type { History } from "../../../shared/twin/store-ports.ts";
import type { ReadingListener } from "../link-store/gateway-link-store.ts";

export interface LiveReadingsParts {
  /** What is kept: asked where nothing came yet. */
  readonly history: Pick<History, "latest">;
  readonly clock: Clock;
  /** Newest values that are gathered before listeners are told; default 2 ms. */
  readonly gather?: Millis;
  /** Points that are remembered; default 200,000. */
  readonly mostPoints?: number;
}

/** The newest of one point. */
interface Newest {
  reading: LiveReading;
  /** Where its stream stood when it was last heard of there. */
  stream: string | undefined;
  place: Cursor | undefined;
  /** It came from the broker's data topics, ahead of any record. */
  isData: boolean;
}

/** So many changes are gathered at most before listeners are told. */
const mostPending = 5000;

/** Newest values from all sources, one for each point: what is older than what was given is dropped, whatever clocks say. */
export class LiveReadings implements LiveFeed, ReadingListener, MetricSource {
  /** Values that were given out, that gave way to newer ones before, that were older than what was given, and that no room was left for. */
  given = 0;
  replaced = 0;
  older = 0;
  dropped = 0;
  invalid = 0;
  readonly #parts: LiveReadingsParts;
  readonly #most: number;
  readonly #things = new Map<string, Map<string, Newest>>();
  #points = 0;
  #pending = new Set<Newest>();
  #disarm: Disarm | undefined;
  readonly #listeners = new Set<(values: readonly LiveReading[]) => void>();

  constructor(parts: LiveReadingsParts) {
    this.#parts = parts;
    this.#most = parts.mostPoints ?? 200_000;
  }

  onValues(listener: (values: readonly LiveReading[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** True while somebody looks. */
  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  latest(thing: string, feature: string): LiveReading | undefined {
    return this.#things.get(thing)?.get(feature)?.reading ?? this.#parts.history.latest(thing, feature);
  }

  kept(_board: string, stream: string, readings: readonly Reading[]): void {
    for (const reading of readings) this.#placed(stream, reading);
  }

  ahead(_board: string, stream: string, reading: Reading): void {
    this.#placed(stream, reading);
  }

  /** A message of a data topic: as new as can be. What is no sample is counted. */
  data(thing: string, feature: string, payload: Uint8Array): void {
    const parsed = parseSamplePayload(payload);
    if (!parsed.ok) {
      this.invalid++;
      return;
    }
    const { value, quality, source, received, reason } = parsed.payload;
    const newest = this.#newest(thing, feature);
    const reading = { thing, feature, value, quality, source, received, ...(reason !== undefined && { reason }) };
    if (newest === undefined) this.#add(reading, undefined, undefined, true);
    else {
      newest.isData = true;
      this.#replace(newest, reading);
    }
  }

  /** The thing is gone. */
  gone(thing: string): void {
    this.#points -= this.#things.get(thing)?.size ?? 0;
    this.#things.delete(thing);
  }

  metrics(): readonly Metric[] {
    const one = (name: string, help: string, type: "counter" | "gauge", value: number): Metric => ({
      name: `penstock_live_${name}`,
      help,
      type,
      values: [{ labels: {}, value }],
    });
    return [
      one("values_total", "Newest values that were given to screens.", "counter", this.given),
      one("replaced_total", "Values that gave way to newer ones of the same point before they were given.", "counter", this.replaced),
      one("older_total", "Values that were older than what was given.", "counter", this.older),
      one("dropped_total", "Values of points beyond the bound.", "counter", this.dropped),
      one("invalid_total", "Messages of data topics that were no samples.", "counter", this.invalid),
      one("points", "Points whose newest value is remembered.", "gauge", this.#points),
    ];
  }

  close(): void {
    this.#disarm?.();
    this.#listeners.clear();
    this.#pending.clear();
  }

  /** Records of a stream are in order by their places: clocks need not be asked, but for what came ahead of all records. */
  #placed(stream: string, reading: Reading): void {
    const newest = this.#newest(reading.thing, reading.feature);
    if (newest === undefined) {
      this.#add(liveOf(reading), stream, placeOf(reading), false);
      return;
    }
    const isSameStream = newest.stream === stream && newest.place !== undefined;
    if (isSameStream && newest.place !== undefined && compareCursors(reading, newest.place) <= 0) {
      this.older++;
      return;
    }
    newest.stream = stream;
    newest.place = placeOf(reading);
    const { received, source } = newest.reading;
    const isOlder = reading.received < received || (reading.received === received && reading.source <= source);
    if (isOlder && (newest.isData || !isSameStream)) this.older++;
    else {
      newest.isData = false;
      this.#replace(newest, liveOf(reading));
    }
  }

  #newest(thing: string, feature: string): Newest | undefined {
    return this.#things.get(thing)?.get(feature);
  }

  #add(reading: LiveReading, stream: string | undefined, place: Cursor | undefined, isData: boolean): void {
    if (this.#points >= this.#most) {
      this.dropped++;
      return;
    }
    let features = this.#things.get(reading.thing);
    if (features === undefined) {
      features = new Map();
      this.#things.set(reading.thing, features);
    }
    const newest: Newest = { reading, stream, place, isData };
    features.set(reading.feature, newest);
    this.#points++;
    this.#tell(newest);
  }

  #replace(newest: Newest, reading: LiveReading): void {
    newest.reading = reading;
    if (this.#pending.has(newest)) this.replaced++;
    else this.#tell(newest);
  }

  #tell(newest: Newest): void {
    if (this.#listeners.size === 0) return;
    this.#pending.add(newest);
    if (this.#pending.size >= mostPending) this.#give();
    else this.#disarm ??= this.#parts.clock.after(this.#parts.gather ?? millis(2), () => this.#give());
  }

  #give(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    const values = [...this.#pending].map(({ reading }) => reading);
    this.#pending = new Set();
    this.given += values.length;
    for (const listener of this.#listeners) listener(values);
  }
}

const placeOf = ({ term, seq }: Cursor): Cursor => ({ term, seq });

/** The reading itself: its place does no harm on a screen. */
const liveOf = (reading: Reading): LiveReading => reading;
