import type { Reading } from "../../../shared/twin/documents/reading.ts";
import { StoreFull } from "../../../shared/twin/store-errors.ts";
import { day, orderedEdge, orderedTime } from "./history-time.ts";

/** A feature of a thing that has a history. */
export interface Point {
  /** Its number in keys. Never given to another point while anything of this one is left. */
  readonly id: number;
  readonly thing: string;
  readonly feature: string;
  /** Whether its name is on disk. */
  saved: boolean;
  newest: Reading | undefined;
}

/**
 * True when `a` is newer than `b`, or the same reading again: by source time, then by place in the journal. What lies in the future comes before all that does
 * not: a board whose clock ran ahead for a while must not keep its later readings from showing.
 * @param future where it begins, as {@link futureFrom} says
 */
export function isNewer(a: Reading, b: Reading, future: number): boolean {
  const [one, other] = [orderedTime(a.source), orderedTime(b.source)];
  if (one >= future !== other >= future) return other >= future;
  return (one - other || a.term - b.term || a.seq - b.seq) >= 0;
}

/** From here on a source time cannot be right: clocks that are set differ by less than a day. */
export function futureFrom(wall: number): number {
  return orderedEdge(wall + day);
}

/** All points, in memory, by thing and feature. */
export class PointTable {
  readonly #things = new Map<string, Map<string, Point>>();
  readonly #most: number;
  #size = 0;
  #next = 1;
  #refused = 0;

  /** @param most points at a time */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Points that were refused because of the bound. */
  get refused(): number {
    return this.#refused;
  }

  find(thing: string, feature: string): Point | undefined {
    return this.#things.get(thing)?.get(feature);
  }

  of(thing: string): Iterable<Point> {
    return this.#things.get(thing)?.values() ?? [];
  }

  *all(): Generator<Point> {
    for (const features of this.#things.values()) yield* features.values();
  }

  /** The points of readings, in their order; new ones are made. @throws {StoreFull} none was made then */
  ofReadings(readings: readonly Reading[]): readonly Point[] {
    const made: Point[] = [];
    const points: Point[] = [];
    for (const { thing, feature } of readings) {
      let point = this.find(thing, feature);
      if (point === undefined) {
        if (this.#size >= this.#most) {
          this.#refused += 1;
          for (const one of made) this.drop(one);
          throw new StoreFull("points with a history", this.#most);
        }
        point = { id: this.#next, thing, feature, saved: false, newest: undefined };
        this.add(point);
        made.push(point);
      }
      points.push(point);
    }
    return points;
  }

  /** Takes in a point that is known. */
  add(point: Point): void {
    let features = this.#things.get(point.thing);
    if (features === undefined) {
      features = new Map();
      this.#things.set(point.thing, features);
    }
    if (!features.has(point.feature)) this.#size += 1;
    features.set(point.feature, point);
    this.reserve(point.id);
  }

  /** Numbers up to this one are taken. */
  reserve(id: number): void {
    this.#next = Math.max(this.#next, id + 1);
  }

  drop(point: Point): void {
    const features = this.#things.get(point.thing);
    if (features?.get(point.feature) !== point) return;
    features.delete(point.feature);
    if (features.size === 0) this.#things.delete(point.thing);
    this.#size -= 1;
  }
}
