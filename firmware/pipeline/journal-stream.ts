import { backoffDelay } from "../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Instant } from "../../shared/base/units.ts";
import type { Cursor } from "../../shared/pipeline/cursor.ts";
import { encodeGap, GapReason } from "../../shared/pipeline/gap-record.ts";
import { JournalClosed, JournalFailed, JournalFull, RecordTooLarge } from "../../shared/pipeline/journal-errors.ts";
import { longestPayload, RecordKind, recordOverhead } from "../../shared/pipeline/journal-record.ts";
import type { JournalBatch, ReadBounds, StreamInfo } from "../../shared/pipeline/ports.ts";
import { commitTimes, noCounts, type StreamCounts } from "./journal-counts.ts";
import { MemoryTail } from "./memory-tail.ts";
import { PendingRecords, type SegmentStart } from "./pending-records.ts";
import { type RecordRun, recordRuns } from "./record-runs.ts";
import { recoverStream } from "./recover-stream.ts";
import { SegmentShelf } from "./segment-shelf.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { StreamBudget } from "./stream-budget.ts";
import type { StreamDirectory } from "./stream-directory.ts";
import { StreamReader } from "./stream-reader.ts";
import { type StreamSettings, segmentBytes } from "./stream-settings.ts";

export interface JournalStreamParts {
  readonly id: string;
  readonly home: StreamDirectory;
  readonly settings: StreamSettings;
  readonly acknowledged: Cursor;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** That of the records that are appended now. */
  readonly term: () => number;
  /** What a segment that is begun now says first. */
  readonly start: () => SegmentStart;
  /** Something waits that is not due yet. */
  readonly onPending: () => void;
  readonly onDurable: (id: string, durable: Cursor) => void;
}

interface Waiter {
  seq: number;
  resolve(place: Cursor): void;
  reject(error: Error): void;
}

/** One stream of the journal: takes records, writes them in groups, survives a disk that refuses, and keeps to its room. */
export class JournalStream {
  readonly id: string;
  readonly counts: StreamCounts = noCounts();
  readonly commitTime = commitTimes();
  readonly #parts: JournalStreamParts;
  readonly #pending = new PendingRecords();
  readonly #shelf: SegmentShelf;
  readonly #tail: MemoryTail;
  readonly #writer: SegmentWriter;
  readonly #reader: StreamReader;
  readonly #budget: StreamBudget;
  readonly #segmentBytes: number;
  #waiters: Waiter[] = [];
  /** Number of the newest record. */
  #seq: number;
  #durable: Cursor;
  /** No new record has a number up to this. */
  #lowest: number;
  /** Bytes of the segment that records are appended to now, those that wait counted; 0: a segment has to begin. */
  #filled = 0;
  /** Length of the group that was written last. */
  #groupBytes = 0;
  /** Records refused since the last one that was taken, because the stream is full. */
  #refused = 0;
  /** Work on the files, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** An index that is being written: nobody waits for it, since the next start can do without. */
  #sealing: Promise<void> = Promise.resolve();
  #due = false;
  #failures = 0;
  #disarmRetry: Disarm | undefined = undefined;
  #closed = false;

  static async open(parts: JournalStreamParts): Promise<JournalStream> {
    const { home, log } = parts;
    await home.fs.makeDirectory(home.path);
    const { segments, last, corrupt, torn } = await recoverStream(home, log);
    const stream = new JournalStream(parts, new SegmentShelf(segments, parts.acknowledged), last);
    stream.counts.dropped.corrupt += corrupt;
    stream.counts.tornBytes += torn;
    return stream;
  }

  private constructor(parts: JournalStreamParts, shelf: SegmentShelf, last: Cursor) {
    const { id, home, settings, log, clock } = parts;
    this.id = id;
    this.#parts = parts;
    this.#shelf = shelf;
    this.#seq = last.seq;
    this.#lowest = last.seq;
    this.#durable = shelf.newest?.last ?? last;
    this.#segmentBytes = segmentBytes(settings.maxBytes);
    this.#tail = new MemoryTail(settings.tailBytes);
    this.#writer = new SegmentWriter(home, log);
    this.#reader = new StreamReader({
      home,
      shelf,
      tail: this.#tail,
      onDamage: (segment) => this.#exclusive(() => this.#inspect(segment.name)),
    });
    this.#budget = new StreamBudget({
      id,
      home,
      shelf,
      settings,
      counts: this.counts,
      clock,
      log,
      onRewritten: () => this.#reader.forget(),
    });
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  get pendingBytes(): number {
    return this.#pending.length;
  }

  append(kind: RecordKind, at: Instant, payload: Uint8Array): void {
    if (!this.#closed && this.#take(kind, at, payload)) this.#parts.onPending();
  }

  commit(kind: RecordKind, at: Instant, payload: Uint8Array): Promise<Cursor> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new JournalClosed();
      if (!this.#take(kind, at, payload)) throw new JournalFull(this.id);
      this.#waiters.push({ seq: this.#seq, resolve, reject });
      this.soon();
    });
  }

  /** Place of the newest record, on disk or not; costs nothing, however many segments there are. */
  last(term: number): Cursor {
    return this.#pending.empty ? this.#durable : { term, seq: this.#seq };
  }

  info(term: number): StreamInfo {
    const { oldest, acknowledged, bytes, all, waiting } = this.#shelf;
    return {
      id: this.id,
      first: oldest?.first,
      last: this.last(term),
      durable: this.#durable,
      acknowledged,
      bytes,
      segments: all.length,
      waiting,
    };
  }

  read(after: Cursor, bounds: ReadBounds): Promise<JournalBatch> {
    return this.#reader.read(after, bounds);
  }

  acknowledge(cursor: Cursor): boolean {
    return this.#shelf.acknowledge(cursor);
  }

  /** Removes what the gateway has and need not be kept. */
  async tidy(): Promise<void> {
    if (this.#budget.hasExpired()) await this.#exclusive(() => this.#budget.removeExpired());
  }

  /** Writes all that waits as soon as the disk is free; joins what is on its way. */
  soon(): void {
    if (this.#due || this.#closed) return;
    this.#due = true;
    void this.#exclusive(() => this.#write()).catch(() => {});
  }

  /** The interval is over: a disk in trouble is left to its retry. */
  tick(): void {
    if (!this.failing && !this.#pending.empty) this.soon();
  }

  /** @throws {JournalFailed} */
  async flush(): Promise<void> {
    await this.#exclusive(() => this.#write());
  }

  /** Moves what waits into the current term, and has `rebase` do the same with the files. */
  async moveTo(rebase: () => Promise<void>): Promise<void> {
    const { home, log, start } = this.#parts;
    const work = async (): Promise<void> => {
      this.#shifted(this.#pending.moveTo(start()));
      this.#refill();
      await this.#writer.close();
      await this.#sealing;
      try {
        await rebase();
      } finally {
        const { segments, last } = await recoverStream(home, log);
        this.#shelf.replaceAll(segments);
        this.#tail.clear();
        this.#reader.forget();
        this.#durable = segments.at(-1)?.last ?? last;
      }
    };
    await this.#exclusive(() => this.#shelf.rewrite(work));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (!this.#pending.empty) await this.flush();
    } catch (error) {
      this.#parts.log.error(
        { stream: this.id, err: error, bytes: this.#pending.length },
        "the newest records of the journal could not be written",
      );
    }
    this.#disarmRetry?.();
    for (const { reject } of this.#waiters.splice(0)) reject(new JournalClosed());
    await this.#exclusive(() => this.#writer.close().catch(() => {}));
    await this.#sealing;
    const { newest } = this.#shelf;
    if (newest !== undefined && this.counts.commits > 0) await this.#budget.seal(newest);
  }

  /** Encodes the record behind all others. False when there is no room for it. */
  #take(kind: RecordKind, at: Instant, payload: Uint8Array): boolean {
    if (payload.length > longestPayload) throw new RecordTooLarge(this.id, payload.length);
    const { settings, term: termOf } = this.#parts;
    const term = termOf();
    const size = recordOverhead + payload.length;
    const waits = this.#pending.length;
    if (settings.whenFull === "stop" && (waits + size > settings.pendingBytes || this.#budget.isFull(waits + size))) {
      this.#refused += 1;
      this.counts.dropped.stop += 1;
      return false;
    }
    if (waits > 0 && waits + size > settings.pendingBytes) this.#drop(settings.pendingBytes >> 1);
    // Groups are as long as lately: a segment that would end in the middle of the next one ends before it, which saves a sync.
    const expected = waits === 0 ? Math.max(size, Math.min(this.#groupBytes, this.#segmentBytes >> 1)) : size;
    if (this.#filled === 0 || this.#filled + expected > this.#segmentBytes) this.#beginSegment();
    if (this.#refused > 0) this.#tellRefused();
    this.#pending.append(term, ++this.#seq, Math.max(0, Math.round(at * 1000)), kind, payload);
    this.#filled += size;
    this.counts.appended += 1;
    this.counts.bytes += size;
    if (this.#pending.length >= settings.commitBytes && !this.failing) this.soon();
    return true;
  }

  #beginSegment(): void {
    const { term, micros, payload } = this.#parts.start();
    this.#pending.append(term, ++this.#seq, micros, RecordKind.term, payload);
    this.#filled = recordOverhead + payload.length;
  }

  #tellRefused(): void {
    const { term, micros } = this.#parts.start();
    const count = this.#refused;
    this.#refused = 0;
    const from = { term, seq: this.#seq + 1 };
    this.#seq += count;
    const payload = encodeGap({ from, to: { term, seq: this.#seq }, why: GapReason.stop, count });
    this.#pending.append(term, this.#seq, micros, RecordKind.gap, payload);
    this.#filled += recordOverhead + payload.length;
  }

  /** Memory is full: the oldest records that wait go, and a gap in their place will say so. */
  #drop(most: number): void {
    const { count, upTo, moved } = this.#pending.dropOldest(most);
    if (upTo === 0) return;
    this.counts.dropped.memory += count;
    const error = new JournalFailed(this.id, new Error("too much waits for the disk"));
    for (const { reject } of this.#waiters.filter(({ seq }) => seq <= upTo)) reject(error);
    this.#waiters = this.#waiters.filter(({ seq }) => seq > upTo);
    this.#shifted(moved);
    this.#refill();
  }

  #shifted(by: number): void {
    this.#seq += by;
    for (const waiter of this.#waiters) waiter.seq += by;
  }

  /** Finds out anew what the segment that is appended to has. */
  #refill(): void {
    const { begins, bytes } = this.#pending.sinceTerm();
    this.#filled = begins ? Math.max(bytes, 1) : 0;
  }

  /** Brings everything that waits to disk. @throws {JournalFailed} */
  async #write(): Promise<void> {
    const { clock, start } = this.#parts;
    this.#due = false;
    this.#disarmRetry?.();
    this.#disarmRetry = undefined;
    if (this.#pending.empty) return;
    const taken = this.#pending.take(start());
    this.#groupBytes = taken.length;
    const begun = clock.monotonic();
    let done = 0;
    try {
      for (const run of recordRuns(taken)) {
        await this.#writeRun(run);
        done += run.bytes.length;
      }
    } catch (error) {
      await this.#failed(error, taken.subarray(done));
      throw new JournalFailed(this.id, error);
    }
    this.#pending.release(taken);
    this.#failures = 0;
    this.counts.commits += 1;
    this.commitTime.observe((clock.monotonic() - begun) / 1000);
    await this.#budget.removeExpired();
    if (this.#pending.length >= this.#parts.settings.commitBytes) this.soon();
  }

  async #writeRun(run: RecordRun): Promise<void> {
    const sealed = run.begins ? this.#shelf.newest : undefined;
    await this.#budget.makeRoom(run.bytes.length);
    const prev = this.#durable;
    const segment = await this.#writer.write(run);
    this.#shelf.put(segment);
    this.#durable = segment.last;
    this.#lowest = segment.last.seq;
    this.#tail.add({ prev, last: segment.last, bytes: run.bytes });
    const written = this.#waiters.filter(({ seq }) => seq <= segment.last.seq);
    this.#waiters = this.#waiters.filter(({ seq }) => seq > segment.last.seq);
    for (const { seq, resolve } of written) resolve({ term: segment.last.term, seq });
    this.#parts.onDurable(this.id, this.#durable);
    if (sealed !== undefined) this.#sealing = this.#budget.seal(sealed);
  }

  /** The disk refused: what was to be written waits on, begins a segment of its own, and those who wait for theirs are told. */
  async #failed(cause: unknown, left: Uint8Array): Promise<void> {
    const { clock, log, random, settings, start } = this.#parts;
    this.#failures += 1;
    this.counts.failures += 1;
    await this.#writer.abandon();
    this.#shifted(this.#pending.giveBack(left, start()));
    const waiters = this.#waiters.splice(0);
    const error = new JournalFailed(this.id, cause);
    this.#pending.remove(new Set(waiters.map(({ seq }) => seq)));
    for (const { reject } of waiters) reject(error);
    if (this.#pending.length > settings.pendingBytes) this.#drop(settings.pendingBytes);
    this.#seq = this.#pending.last ?? this.#lowest;
    this.#refill();
    await this.#budget.removeAcknowledged();
    if (this.#failures === 1)
      log.error({ stream: this.id, err: cause, bytes: this.#pending.length }, "the journal could not be written; trying again");
    if (this.#closed) return;
    this.#disarmRetry = clock.after(backoffDelay(settings.retry, this.#failures, random), () => {
      this.#disarmRetry = undefined;
      this.soon();
    });
  }

  /** A reader found a segment to be other than it was written. */
  async #inspect(name: string): Promise<void> {
    if (this.#writer.name === name) {
      await this.#writer.close();
      this.#shifted(this.#pending.moveTo(this.#parts.start()));
      this.#refill();
    }
    await this.#budget.inspect(name);
    this.#reader.forget();
    this.#tail.clear();
  }

  #exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
