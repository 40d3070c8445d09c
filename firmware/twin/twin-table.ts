import type { Sample } from "../../shared/acquisition/sample.ts";
import { isId } from "../../shared/base/id.ts";
import type { FeatureKey, FeatureTwin } from "../../shared/twin/feature-twin.ts";
import { featureKey } from "../../shared/twin/feature-twin.ts";
import type { TwinChange } from "../../shared/twin/ports.ts";
import { jsonOfPointValue, samePointValue } from "../../shared/twin/reported-sample.ts";
import { sameJson } from "../../shared/twin/same-json.ts";
import { TwinKeyInvalid, TwinStoreFull } from "../../shared/twin/twin-errors.ts";
import type { TwinRecord } from "./batch-writer.ts";
import { type Intent, noIntent, Part, TwinSlot, type Waiter } from "./twin-slot.ts";

/** One slot of a batch, as it was when the batch was taken. */
interface Taken {
  readonly slot: TwinSlot;
  readonly parts: number;
  readonly intent: Intent;
  readonly removed: boolean;
  readonly waiters: readonly Waiter[] | undefined;
  /** Made when somebody will want it: the document that is written. */
  readonly twin: FeatureTwin | undefined;
}

/** Records on their way to disk, with what to do once they are there or cannot be. */
export interface TwinBatch {
  readonly records: readonly TwinRecord[];
  readonly taken: readonly Taken[];
}

/** The features of a board in memory and what of them waits to be written. Knows no clock and no disk. */
export class TwinTable {
  readonly #limit: number;
  readonly #byKey = new Map<FeatureKey, TwinSlot>();
  readonly #byThing = new Map<string, Map<string, TwinSlot>>();
  #sorted: readonly TwinSlot[] | undefined = undefined;
  /** Slots somebody waits for. */
  #urgent: TwinSlot[] = [];
  /** Slots with new values; the first `#due` of them are to be written now. */
  #changed: TwinSlot[] = [];
  #due = 0;
  #pending = 0;
  #waiting = 0;
  /** The thing looked up last: samples come thing by thing. */
  #lastThing = "";
  #lastFeatures: Map<string, TwinSlot> | undefined = undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Features that wait to be written. */
  get pending(): number {
    return this.#pending;
  }

  /** Callers that wait for the disk. */
  get waiting(): number {
    return this.#waiting;
  }

  get(key: FeatureKey): TwinSlot | undefined {
    return this.#byKey.get(key);
  }

  /** All slots in key order, or those of one thing. Slots that come or go meanwhile do not disturb. */
  *list(thing?: string): Generator<TwinSlot> {
    if (thing === undefined) {
      this.#sorted ??= inOrder(this.#byKey.values());
      yield* this.#sorted;
    } else yield* inOrder(this.#byThing.get(thing)?.values() ?? []);
  }

  /** Puts in a document from disk, above the limit too: what was stored is not thrown away. @throws {TwinKeyInvalid} */
  load(twin: FeatureTwin): void {
    this.#add(twin.thing, twin.feature, Number.POSITIVE_INFINITY).load(twin);
  }

  /** @returns true when it is news to be written, false when only its times are new @throws {TwinStoreFull} {TwinKeyInvalid} */
  report(sample: Sample): boolean {
    if (sample.thing !== this.#lastThing || this.#lastFeatures === undefined) {
      this.#lastFeatures = this.#byThing.get(sample.thing);
      this.#lastThing = sample.thing;
    }
    const slot = this.#lastFeatures?.get(sample.feature) ?? this.#add(sample.thing, sample.feature, this.#limit);
    const before = slot.sample;
    slot.sample = sample;
    slot.changed();
    const loaded = slot.loaded;
    slot.loaded = undefined;
    const same =
      before !== undefined
        ? before.quality === sample.quality && samePointValue(before.value, sample.value)
        : loaded?.["quality"] === sample.quality && sameJson(loaded["value"] ?? null, jsonOfPointValue(sample.value));
    if (same) {
      slot.aged = true;
      return false;
    }
    this.#touch(slot, Part.reported);
    return true;
  }

  /** The slot to change, made when there is none. @throws {TwinStoreFull} {TwinKeyInvalid} */
  obtain(key: FeatureKey): TwinSlot {
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    const cut = key.indexOf("/");
    if (cut < 0) throw new TwinKeyInvalid(key);
    return this.#add(key.slice(0, cut), key.slice(cut + 1), this.#limit);
  }

  /** Gives a slot a new intent, to be written at once. `next` is told the revision that the document will have. */
  intend(slot: TwinSlot, part: number, next: (rev: number) => Intent, waiter: Waiter): void {
    this.#mark(slot, part);
    slot.intent = next(slot.rev);
    this.#await(slot, waiter);
  }

  /** Takes a slot out, at once here and with the next batch on disk. */
  remove(slot: TwinSlot, waiter: Waiter): void {
    this.#drop(slot);
    this.#mark(slot, Part.rest);
    this.#await(slot, waiter);
  }

  /** All that waits now is to be written now; with `aged` also the slots of which only the times are new. */
  markDue(aged: boolean): void {
    if (aged) for (const slot of this.#byKey.values()) if (slot.aged && slot.dirty === 0) this.#touch(slot, Part.times);
    this.#due = this.#changed.length;
  }

  /** All there is is to be written again. */
  markAll(): void {
    for (const slot of this.#byKey.values()) this.#touch(slot, Part.rest);
  }

  /** The next records that are due, those that are waited for first; `undefined` when there are none. @param heard make the documents for listeners */
  take(most: number, heard: boolean): TwinBatch | undefined {
    const records: TwinRecord[] = [];
    const taken: Taken[] = [];
    const take = (slot: TwinSlot): void => {
      if (slot.dirty === 0) return;
      const { key, intent, removed, waiters, dirty: parts } = slot;
      slot.dirty = 0;
      slot.aged = false;
      slot.waiters = undefined;
      this.#pending -= 1;
      // A removal that failed before and that nobody waits for, overtaken by the feature's return.
      if (removed && waiters === undefined && this.#byKey.has(key)) return;
      records.push({ key, text: removed ? undefined : slot.encode() });
      const twin = heard || waiters !== undefined ? (removed ? slot.emptyTwin : slot.twin) : undefined;
      taken.push({ slot, parts, intent, removed, waiters, twin });
    };
    let at = 0;
    for (; at < this.#urgent.length && records.length < most; at++) {
      const slot = this.#urgent[at];
      if (slot === undefined) continue;
      slot.inUrgent = false;
      take(slot);
    }
    this.#urgent = at === this.#urgent.length ? [] : this.#urgent.slice(at);
    for (at = 0; at < this.#due && records.length < most; at++) {
      const slot = this.#changed[at];
      if (slot === undefined) continue;
      slot.inChanged = false;
      take(slot);
    }
    if (at > 0) this.#changed = this.#changed.slice(at);
    this.#due -= at;
    return records.length === 0 ? undefined : { records, taken };
  }

  /** A batch is on disk: answers those who waited. @returns what changed, in order */
  settle({ taken }: TwinBatch): readonly TwinChange[] {
    const changes: TwinChange[] = [];
    for (const { slot, parts, intent, removed, waiters, twin } of taken) {
      slot.keptIntent = intent;
      if (twin === undefined) continue;
      if (waiters !== undefined) {
        this.#waiting -= waiters.length;
        for (const waiter of waiters) waiter.done(twin);
      }
      const change = removed ? lossOf(slot, twin) : changeOf(parts, twin);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  /**
   * A batch could not be written: those who wait for it or for a later one hear so and their changes are undone. Reported values stay and go with the
   * next batch, as does every feature of which the failed write may have left something on disk.
   */
  unsettle({ taken }: TwinBatch, error: Error): void {
    for (const slot of this.#urgent.toReversed()) this.#undo(slot, error);
    for (const { slot, parts, waiters } of taken.toReversed()) {
      this.#refuse(waiters, error);
      this.#undo(slot, error);
      this.#touch(slot, (parts & (Part.reported | Part.times)) | Part.rest);
    }
  }

  #undo(slot: TwinSlot, error: Error): void {
    this.#refuse(slot.waiters, error);
    slot.waiters = undefined;
    slot.intent = slot.keptIntent ?? noIntent;
    if (slot.dirty !== 0) slot.dirty = (slot.dirty & ~(Part.desired | Part.status)) | Part.rest;
    slot.changed();
    const real = slot.keptIntent !== undefined || slot.sample !== undefined;
    if (slot.removed && real && !this.#byKey.has(slot.key)) this.#insert(slot);
    else if (!slot.removed && !real) this.#drop(slot);
  }

  #refuse(waiters: readonly Waiter[] | undefined, error: Error): void {
    if (waiters === undefined) return;
    this.#waiting -= waiters.length;
    for (const waiter of waiters) waiter.failed(error);
  }

  #await(slot: TwinSlot, waiter: Waiter): void {
    slot.changed();
    this.#waiting += 1;
    if (slot.waiters === undefined) slot.waiters = [waiter];
    else slot.waiters.push(waiter);
    if (slot.inUrgent) return;
    slot.inUrgent = true;
    this.#urgent.push(slot);
  }

  /** Notes that a slot differs from disk; the first difference is the next revision. */
  #mark(slot: TwinSlot, part: number): void {
    if (slot.dirty === 0) {
      slot.rev += 1;
      this.#pending += 1;
      slot.changed();
    }
    slot.dirty |= part;
  }

  /** Marks a slot that nobody waits for. */
  #touch(slot: TwinSlot, part: number): void {
    this.#mark(slot, part);
    if (slot.inChanged || slot.inUrgent) return;
    slot.inChanged = true;
    this.#changed.push(slot);
  }

  #add(thing: string, feature: string, limit: number): TwinSlot {
    const key = featureKey(thing, feature);
    if (!isId(thing) || !isId(feature)) throw new TwinKeyInvalid(key);
    if (this.#byKey.size >= limit) throw new TwinStoreFull(key, limit);
    const slot = new TwinSlot(key, thing, feature);
    this.#insert(slot);
    return slot;
  }

  #insert(slot: TwinSlot): void {
    slot.removed = false;
    const features = this.#byThing.get(slot.thing);
    if (features === undefined) this.#byThing.set(slot.thing, new Map([[slot.feature, slot]]));
    else features.set(slot.feature, slot);
    this.#byKey.set(slot.key, slot);
    this.#sorted = undefined;
    this.#lastFeatures = undefined;
  }

  #drop(slot: TwinSlot): void {
    slot.removed = true;
    this.#byKey.delete(slot.key);
    const features = this.#byThing.get(slot.thing);
    features?.delete(slot.feature);
    if (features?.size === 0) this.#byThing.delete(slot.thing);
    this.#sorted = undefined;
    this.#lastFeatures = undefined;
  }
}

function changeOf(parts: number, twin: FeatureTwin): TwinChange {
  return {
    twin,
    desired: (parts & Part.desired) !== 0,
    reported: (parts & Part.reported) !== 0,
    status: (parts & Part.status) !== 0,
  };
}

/** What goes with a feature that is removed; `undefined` where there was nothing in it. */
function lossOf(slot: TwinSlot, twin: FeatureTwin): TwinChange | undefined {
  const desired = slot.intent.desired !== undefined;
  const reported = slot.sample !== undefined || slot.loaded !== undefined;
  const status = slot.intent.status !== undefined;
  return desired || reported || status ? { twin, desired, reported, status } : undefined;
}

/** As LevelDB orders the keys, which are ASCII. */
function inOrder(slots: Iterable<TwinSlot>): readonly TwinSlot[] {
  return [...slots].sort((a, b) => (a.key < b.key ? -1 : 1));
}
