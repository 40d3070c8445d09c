import type { BackoffRange } from "../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { isId } from "../../shared/base/id.ts";
import { StoreLocked, StoreUnwritable } from "../../shared/base/level/level-errors.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric } from "../../shared/base/metric.ts";
import { type Instant, millis } from "../../shared/base/units.ts";
import { beginning, type Cursor } from "../../shared/pipeline/cursor.ts";
import { JournalClosed, JournalFailed, StreamUnknown } from "../../shared/pipeline/journal-errors.ts";
import type { RecordKind } from "../../shared/pipeline/journal-record.ts";
import type { Journal, JournalBatch, ReadBounds, StreamInfo } from "../../shared/pipeline/ports.ts";
import type { ResolvedJournal, ResolvedStream } from "../../shared/pipeline/resolve-journal.ts";
import { encodeTerm } from "../../shared/pipeline/term-record.ts";
import { journalMetrics } from "./journal-metrics.ts";
import { JournalStream } from "./journal-stream.ts";
import type { LogFs } from "./log-fs.ts";
import type { SegmentStart } from "./pending-records.ts";
import { rebaseStream } from "./rebase-stream.ts";
import { readSealed, replaceSealed } from "./sealed-file.ts";
import { segmentPlace } from "./segment.ts";
import { StreamDirectory } from "./stream-directory.ts";
import { journalRetry, segmentBytes } from "./stream-settings.ts";
import { cursorsFrom, cursorsOf, type Rebase, readTerm, writeTerm } from "./term-file.ts";

export interface SegmentedJournalParts {
  readonly fs: LogFs;
  /** Made when missing; one directory for each stream is in it. */
  readonly directory: string;
  readonly settings: Omit<ResolvedJournal, "record" | "heartbeat">;
  readonly clock: Clock;
  readonly log: Log;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** 32 random hexadecimal digits. */
  readonly newBootId: () => string;
  readonly retry?: BackoffRange;
  /** Bytes of all streams together that may wait for the disk, and that are kept in memory for readers; default 2 MiB and 512 KiB. */
  readonly pendingBytes?: number;
  readonly tailBytes?: number;
}

/** Places that the gateway has are noted this often, since they are only a hint. */
const noteInterval = millis(30_000);
const noteName = "acknowledged";

/** The journal in segment files, one directory a stream. It is the only writer: see {@link LogFs.lock}. */
export class SegmentedJournal implements Journal, AsyncDisposable {
  readonly bootId: string;
  readonly #parts: SegmentedJournalParts;
  readonly #streams = new Map<string, JournalStream>();
  readonly #listeners = new Set<(stream: string, durable: Cursor) => void>();
  readonly #unlock: () => Promise<void>;
  #term: number;
  #termPayload: Uint8Array;
  #rebase: Rebase | undefined = undefined;
  #raising: Promise<void> = Promise.resolve();
  #disarmCommit: Disarm | undefined = undefined;
  #disarmNote: Disarm | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  /**
   * Recovers what is on disk and takes a term that was never used. Nothing is written before the new term is on disk.
   * @throws {StoreLocked} another process has it · {StoreUnwritable} the directory cannot be used
   */
  static async open(parts: SegmentedJournalParts): Promise<SegmentedJournal> {
    const { fs, directory, log } = parts;
    let unlock = async (): Promise<void> => {};
    try {
      await fs.makeDirectory(directory);
      unlock = await fs.lock(directory);
      const known = await readTerm(fs, directory);
      const streams = await streamsOf(parts);
      let highest = known.term;
      for (const { id } of streams) for (const term of await termsOf(fs, `${directory}/${id}`)) highest = Math.max(highest, term);
      if (known.term < highest)
        log.error(
          { directory, found: known.term, term: highest },
          "the journal's file of terms is damaged or gone; its segments tell the term",
        );
      const term = highest + 1;
      await writeTerm(fs, directory, { term, rebase: known.rebase });
      const journal = new SegmentedJournal(parts, term, unlock);
      await journal.#open(streams, known.rebase);
      return journal;
    } catch (error) {
      await unlock();
      throw error instanceof StoreLocked ? error : new StoreUnwritable(directory, error);
    }
  }

  private constructor(parts: SegmentedJournalParts, term: number, unlock: () => Promise<void>) {
    this.#parts = parts;
    this.#unlock = unlock;
    this.bootId = parts.newBootId();
    this.#term = term;
    this.#termPayload = encodeTerm(this.bootId);
  }

  get term(): number {
    return this.#term;
  }

  get streams(): readonly string[] {
    return [...this.#streams.keys()];
  }

  get writable(): boolean {
    for (const stream of this.#streams.values()) if (stream.failing) return false;
    return true;
  }

  /** `repaired` when records were found that cannot be read back, at the start or since; gaps tell of them. */
  get recovery(): "clean" | "repaired" {
    for (const { counts } of this.#streams.values()) if (counts.dropped.corrupt > 0) return "repaired";
    return "clean";
  }

  append(stream: string, kind: RecordKind, at: Instant, payload: Uint8Array): void {
    this.#stream(stream).append(kind, at, payload);
  }

  commit(stream: string, kind: RecordKind, at: Instant, payload: Uint8Array): Promise<Cursor> {
    return new Promise((resolve) => resolve(this.#stream(stream).commit(kind, at, payload)));
  }

  /** `info(stream).last` for those who ask with every record: the rest of it is counted over all segments. */
  last(stream: string): Cursor {
    return this.#stream(stream).last(this.#term);
  }

  info(stream: string): StreamInfo {
    return this.#stream(stream).info(this.#term);
  }

  async read(stream: string, after: Cursor, bounds: ReadBounds): Promise<JournalBatch> {
    await this.#raising.catch(() => {});
    return this.#stream(stream).read(after, bounds);
  }

  acknowledge(stream: string, cursor: Cursor): void {
    const one = this.#stream(stream);
    // A place in a term that never was cannot be one of ours.
    if (cursor.term > this.#term || !one.acknowledge(cursor)) return;
    void one.tidy();
    if (this.#disarmNote !== undefined || this.#closing !== undefined) return;
    this.#disarmNote = this.#parts.clock.after(noteInterval, () => {
      this.#disarmNote = undefined;
      void this.#note();
    });
  }

  raiseTerm(floor: number): Promise<void> {
    const raised = this.#raising.then(
      () => this.#raise(floor),
      () => this.#raise(floor),
    );
    this.#raising = raised;
    raised.catch(() => {});
    return raised;
  }

  onDurable(listener: (stream: string, durable: Cursor) => void): () => void {
    const own = (stream: string, durable: Cursor): void => listener(stream, durable);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async flush(): Promise<void> {
    if (this.#closing !== undefined) throw new JournalClosed();
    await Promise.all([...this.#streams.values()].map((stream) => stream.flush()));
  }

  /** Writes what is pending and closes. What the disk refuses now is lost, and logged. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  metrics(): readonly Metric[] {
    return journalMetrics(this.#term, [...this.#streams.values()]);
  }

  async #open(streams: readonly ResolvedStream[], rebase: Rebase | undefined): Promise<void> {
    const { fs, directory, settings, clock, log, random, retry = journalRetry, pendingBytes = 2 << 20, tailBytes = 1 << 19 } = this.#parts;
    const acknowledged = cursorsFrom(await readSealed(fs, `${directory}/${noteName}`));
    for (const { id, maxBytes, whenFull } of streams) {
      const home = new StreamDirectory({ fs, directory: `${directory}/${id}`, log });
      await fs.makeDirectory(home.path);
      const had = rebase?.acknowledged.get(id) ?? beginning;
      if (rebase !== undefined) await rebaseStream({ home, term: rebase.term, acknowledged: had });
      const stream = await JournalStream.open({
        id,
        home,
        acknowledged: acknowledged.get(id) ?? had,
        settings: {
          maxBytes,
          whenFull,
          commitBytes: Math.min(settings.commitBytes, segmentBytes(maxBytes)),
          keep: settings.keep,
          retry,
          pendingBytes: Math.max(65_536, Math.floor(pendingBytes / streams.length)),
          tailBytes: Math.floor(tailBytes / streams.length),
        },
        clock,
        log,
        random,
        term: () => this.#term,
        start: () => this.#start(),
        onPending: () => this.#armCommit(),
        onDurable: (one, durable) => this.#tell(one, durable),
      });
      this.#streams.set(id, stream);
    }
    if (rebase !== undefined) await writeTerm(fs, directory, { term: this.#term, rebase: undefined });
  }

  #start(): SegmentStart {
    return { term: this.#term, micros: this.#parts.clock.wall() * 1000, payload: this.#termPayload };
  }

  #stream(id: string): JournalStream {
    const stream = this.#streams.get(id);
    if (stream === undefined) throw new StreamUnknown(id);
    return stream;
  }

  #armCommit(): void {
    if (this.#disarmCommit !== undefined || this.#closing !== undefined) return;
    this.#disarmCommit = this.#parts.clock.after(this.#parts.settings.commitInterval, () => {
      this.#disarmCommit = undefined;
      for (const stream of this.#streams.values()) stream.tick();
    });
  }

  #tell(stream: string, durable: Cursor): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(stream, durable);
      } catch (error) {
        this.#parts.log.error({ err: error, stream }, "a listener to commits of the journal threw");
      }
    }
  }

  async #note(): Promise<void> {
    const { fs, directory, log } = this.#parts;
    try {
      await replaceSealed(fs, directory, noteName, cursorsOf(this.#acknowledged()));
    } catch (error) {
      log.debug({ directory, err: error }, "what the gateway has could not be noted");
    }
  }

  #acknowledged(): ReadonlyMap<string, Cursor> {
    return new Map([...this.#streams].map(([id, stream]) => [id, stream.info(this.#term).acknowledged]));
  }

  async #raise(floor: number): Promise<void> {
    if (this.#closing !== undefined) throw new JournalClosed();
    const { fs, directory, log } = this.#parts;
    let rebase = this.#rebase;
    if (rebase === undefined) {
      if (floor < this.#term) return;
      rebase = { term: Math.max(this.#term, floor) + 1, acknowledged: this.#acknowledged() };
    }
    try {
      await writeTerm(fs, directory, { term: rebase.term, rebase });
      this.#rebase = rebase;
      this.#term = rebase.term;
      const { term, acknowledged } = rebase;
      for (const stream of this.#streams.values()) {
        const home = new StreamDirectory({ fs, directory: `${directory}/${stream.id}`, log });
        const had = acknowledged.get(stream.id) ?? beginning;
        await stream.moveTo(() => rebaseStream({ home, term, acknowledged: had }));
      }
      await writeTerm(fs, directory, { term, rebase: undefined });
      this.#rebase = undefined;
      log.warn({ term, floor }, "the gateway knows terms that this journal never wrote; its records have places in a new one");
    } catch (error) {
      throw new JournalFailed(directory, error);
    }
  }

  async #close(): Promise<void> {
    this.#disarmCommit?.();
    await this.#raising.catch(() => {});
    for (const stream of this.#streams.values()) await stream.close();
    if (this.#disarmNote !== undefined) {
      this.#disarmNote();
      await this.#note();
    }
    await this.#unlock();
  }
}

/** The streams of the configuration, and those of earlier ones that still hold records: they take no room beyond what they have. */
async function streamsOf({ fs, directory, settings }: SegmentedJournalParts): Promise<readonly ResolvedStream[]> {
  const known = new Set(settings.streams.map(({ id }) => id));
  const found = (await fs.directories(directory)).filter((id) => isId(id) && !known.has(id));
  const former = found.map((id): ResolvedStream => ({ id, things: [], maxBytes: 1 << 20, whenFull: "stop" }));
  return [...settings.streams, ...former];
}

async function termsOf(fs: LogFs, directory: string): Promise<readonly number[]> {
  await fs.makeDirectory(directory);
  return (await fs.list(directory)).map(({ name }) => segmentPlace(name.replace(/\.\w+$/, ""))?.term ?? 0);
}
