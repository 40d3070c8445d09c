import type { Clock } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import { compareCursors } from "../../shared/pipeline/cursor.ts";
import { GapReason } from "../../shared/pipeline/gap-record.ts";
import type { StreamCounts } from "./journal-counts.ts";
import { type Segment, writeIndex } from "./segment.ts";
import type { SegmentShelf } from "./segment-shelf.ts";
import type { StreamDirectory } from "./stream-directory.ts";
import { type StreamSettings, segmentBytes } from "./stream-settings.ts";
import { thinSegment } from "./thin-segment.ts";

export interface StreamBudgetParts {
  readonly id: string;
  readonly home: StreamDirectory;
  readonly shelf: SegmentShelf;
  readonly settings: StreamSettings;
  readonly counts: StreamCounts;
  readonly clock: Clock;
  readonly log: Log;
  /** Files were written anew under the names they have. */
  readonly onRewritten: () => void;
}

/** A segment thinned to this share of a whole one goes as a whole. */
const leastShare = 16;
const unread = { segment: undefined, bytes: new Uint8Array(0) } as const;

/**
 * Keeps a stream within its room. What goes first: segments that the gateway has and that need not be kept; then those it has; then by the stream's
 * policy the oldest (`drop-oldest`), or every second sample of the older half (`thin`), or nothing (`stop`). The newest segment always stays.
 */
export class StreamBudget {
  readonly #parts: StreamBudgetParts;

  constructor(parts: StreamBudgetParts) {
    this.#parts = parts;
  }

  /** True when so many more bytes do not fit beside what the gateway does not have. */
  isFull(more: number): boolean {
    const { shelf, settings } = this.#parts;
    return shelf.bytes - shelf.acknowledgedBytes + more > settings.maxBytes;
  }

  /** Makes room for so many bytes that are written next. */
  async makeRoom(bytes: number): Promise<void> {
    const { shelf, settings } = this.#parts;
    while (shelf.bytes + bytes > settings.maxBytes) {
      const oldest = shelf.oldest;
      if (oldest === undefined || oldest === shelf.newest) return;
      if (shelf.removable(oldest)) await this.#remove(oldest);
      else if (settings.whenFull === "stop") return;
      else if (settings.whenFull === "drop-oldest" || !(await this.#thin())) await this.#drop(oldest);
    }
  }

  hasExpired(): boolean {
    const { oldest } = this.#parts.shelf;
    return oldest !== undefined && this.#expired(oldest);
  }

  /** Removes what the gateway has and need not be kept. */
  async removeExpired(): Promise<void> {
    await this.#removeWhile((segment) => this.#expired(segment));
  }

  /** Removes what the gateway has, since the disk is in trouble. */
  async removeAcknowledged(): Promise<void> {
    await this.#removeWhile((segment) => this.#parts.shelf.removable(segment));
  }

  /** Writes the index of a segment that is written no more. */
  async seal(segment: Segment): Promise<void> {
    const { home, shelf } = this.#parts;
    if (shelf.has(segment)) await this.#tolerated(() => writeIndex(home.fs, home.path, segment));
  }

  /** Looks at a segment again after a reader found it to be damaged: what is sound of it stays, the rest is put aside. */
  async inspect(name: string): Promise<void> {
    const { home, shelf, counts, id, log } = this.#parts;
    const known = shelf.all.find((segment) => segment.name === name);
    if (known === undefined) return;
    const file = (await home.segments()).find((one) => one.name === name);
    const { segment, bytes } = file === undefined ? unread : await home.scan(file).catch(() => unread);
    if (segment !== undefined && compareCursors(segment.last, known.last) >= 0) return;
    const missing = known.last.seq - (segment?.last.seq ?? known.first.seq - 1);
    counts.dropped.corrupt += missing;
    log.error({ stream: id, segment: name, records: missing }, "records of the journal cannot be read back; a gap tells of them");
    if (bytes.length > (segment?.bytes ?? 0)) await home.quarantine(name, bytes.subarray(segment?.bytes ?? 0));
    if (segment !== undefined) {
      const sound: Segment = { ...segment, lost: GapReason.corrupt, ...(known.thinned !== undefined && { thinned: known.thinned }) };
      shelf.put(sound);
      await this.seal(sound);
      return;
    }
    const before = shelf.all[shelf.all.indexOf(known) - 1];
    shelf.remove(known);
    // What the disk would not give back today it may at the next start.
    if (bytes.length > 0) await home.remove(name);
    if (before === undefined) return;
    const lossy: Segment = { ...before, lost: GapReason.corrupt };
    shelf.put(lossy);
    await this.seal(lossy);
  }

  #expired(segment: Segment): boolean {
    const { shelf, settings, clock } = this.#parts;
    return shelf.removable(segment) && segment.newest / 1000 + settings.keep <= clock.wall();
  }

  async #removeWhile(condition: (segment: Segment) => boolean): Promise<void> {
    const { shelf } = this.#parts;
    for (let oldest = shelf.oldest; oldest !== undefined && condition(oldest); oldest = shelf.oldest) await this.#remove(oldest);
  }

  async #remove(segment: Segment): Promise<void> {
    const { home, shelf } = this.#parts;
    shelf.remove(segment);
    await home.remove(segment.name);
  }

  async #drop(segment: Segment): Promise<void> {
    const { shelf, counts, id, log } = this.#parts;
    const { acknowledged } = shelf;
    const known = compareCursors(segment.first, acknowledged) > 0 ? 0 : acknowledged.seq - segment.first.seq + 1;
    const lost = Math.max(0, segment.count - known);
    if (counts.dropped.budget === 0)
      log.warn({ stream: id, records: lost }, "the journal is full: its oldest records go; further ones are only counted");
    counts.dropped.budget += lost;
    await this.#remove(segment);
  }

  /** Takes every second sample out of the largest segment of the older half. False when none is worth it. */
  async #thin(): Promise<boolean> {
    const { home, shelf, settings, counts, clock } = this.#parts;
    let largest: Segment | undefined;
    let passed = 0;
    for (const segment of shelf.all) {
      passed += segment.bytes;
      if (passed * 2 > shelf.bytes) break;
      if (segment.bytes > (largest?.bytes ?? segmentBytes(settings.maxBytes) / leastShare)) largest = segment;
    }
    if (largest === undefined) return false;
    const fat = largest;
    return shelf.rewrite(async () => {
      const thinned = await thinSegment(home, fat, clock.wall());
      if (thinned === undefined) return false;
      counts.dropped.thin += (thinned.thinned ?? 0) - (fat.thinned ?? 0);
      shelf.put(thinned);
      await this.seal(thinned);
      this.#parts.onRewritten();
      return thinned.bytes < fat.bytes;
    });
  }

  /** What cannot be removed or noted now is found again at the next start. */
  async #tolerated(work: () => Promise<void>): Promise<void> {
    const { id, log } = this.#parts;
    try {
      await work();
    } catch (error) {
      log.debug({ stream: id, err: error }, "a file of the journal could not be tidied up");
    }
  }
}
