import { isDeepStrictEqual } from "node:util";
import type { SegmentedJournal } from "../../../firmware/pipeline/segmented-journal.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { beginning, type Cursor, compareCursors } from "../../../shared/pipeline/cursor.ts";
import { decodeGap } from "../../../shared/pipeline/gap-record.ts";
import { type JournalRecord, RecordKind } from "../../../shared/pipeline/journal-record.ts";
import { type ResolvedStream, resolveJournal } from "../../../shared/pipeline/resolve-journal.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { diskError, MemoryLogFs } from "../../harness/memory-log-fs.ts";
import { openJournal, readAll } from "./open-journal.ts";

/** Numbers in [0, 1) that follow from a seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const stream = "samples";
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export interface HistoryOptions {
  readonly seed: number;
  readonly steps: number;
  readonly whenFull?: ResolvedStream["whenFull"];
  readonly maxBytes?: number;
  /** The disk refuses now and then. */
  readonly faults?: boolean;
  readonly raises?: boolean;
}

/**
 * One random life of a journal on a disk that loses power, tears writes and refuses them, held against what must be true at every moment. Throws
 * where it is not.
 */
export class JournalHistory {
  readonly #options: HistoryOptions;
  readonly #random: () => number;
  readonly #fs: MemoryLogFs;
  readonly log = new FakeLog();
  #clock = new FakeClock();
  #journal: SegmentedJournal | undefined;
  #appended = 0;
  #boots = 0;
  /** What was ever read at a place. */
  readonly #seen = new Map<string, string>();
  /** Payloads that were read or said to be durable since the journal was last thinned or dropped from. */
  #durable = new Set<string>();
  #terms = new Set<number>();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    this.#fs = new MemoryLogFs(this.#random);
  }

  async run(): Promise<void> {
    await this.#boot();
    for (let step = 0; step < this.#options.steps; step++) await this.#step();
    this.#heal();
    await this.#clock.advance(millis(60_000));
    await this.#check();
    await this.#crash();
    await this.#check();
  }

  async #step(): Promise<void> {
    const { faults = false, raises = false } = this.#options;
    const journal = this.#current();
    const dice = this.#random();
    if (dice < 0.4) this.#append(1 + Math.floor(this.#random() * 30));
    else if (dice < 0.55) await this.#clock.advance(millis(1000));
    else if (dice < 0.62) await this.#commit();
    else if (dice < 0.7) await this.#check();
    else if (dice < 0.78) await this.#acknowledge();
    else if (dice < 0.84) await this.#crash();
    else if (dice < 0.86) {
      this.#heal();
      await journal.close();
      await this.#boot();
    } else if (dice < 0.9 && raises) await this.#raise();
    else if (dice < 0.95 && faults) this.#break();
    else {
      this.#heal();
      await this.#clock.advance(millis(40_000));
    }
  }

  async #boot(): Promise<void> {
    this.#clock = new FakeClock();
    this.#boots += 1;
    const settings = resolveJournal({ whenFull: this.#options.whenFull ?? "drop-oldest" }, this.#options.maxBytes ?? 8_000_000);
    this.#journal = await openJournal({
      fs: this.#fs,
      clock: this.#clock,
      log: this.log,
      random: this.#random,
      settings: { ...settings, commitBytes: 4096 },
      newBootId: () => String(this.#boots).padStart(32, "0"),
      pendingBytes: 1 << 17,
      tailBytes: this.#random() < 0.5 ? 0 : 8192,
    });
    if (this.#terms.has(this.#journal.term)) throw new Error(`term ${this.#journal.term} came twice`);
    this.#terms.add(this.#journal.term);
  }

  #current(): SegmentedJournal {
    if (this.#journal === undefined) throw new Error("no journal is open");
    return this.#journal;
  }

  #append(count: number): void {
    for (let at = 0; at < count; at++) this.#current().append(stream, RecordKind.sample, instant(this.#clock.wall()), this.#payload());
  }

  #payload(): Uint8Array {
    const longest = this.#options.maxBytes === undefined ? 200 : 3000;
    return encode(`#${this.#appended++}#${"x".repeat(Math.floor(this.#random() * longest))}`);
  }

  async #commit(): Promise<void> {
    const journal = this.#current();
    const payload = this.#payload();
    const place = await journal.commit(stream, RecordKind.command, instant(1), payload).catch(() => undefined);
    const found = (await readAll(journal, stream)).filter((record) => decode(record.payload) === decode(payload));
    if (place === undefined && found.length > 0) throw new Error("a record is there though its commit was refused");
    if (place !== undefined && !(found.length === 1 && isDeepStrictEqual({ term: found[0]?.term, seq: found[0]?.seq }, place))) {
      throw new Error(`a committed record is not at ${place.term}-${place.seq}`);
    }
  }

  async #acknowledge(): Promise<void> {
    const journal = this.#current();
    const records = await readAll(journal, stream, journal.info(stream).acknowledged);
    const chosen = records[Math.floor(this.#random() * records.length)];
    if (chosen === undefined) return;
    for (const record of records) if (compareCursors(record, chosen) <= 0) this.#durable.delete(decode(record.payload));
    journal.acknowledge(stream, { term: chosen.term, seq: chosen.seq });
    await this.#clock.advance(millis(0));
  }

  async #crash(): Promise<void> {
    const before = this.#current();
    this.#fs.crash();
    // What died must not write any more.
    this.#cut(0);
    await before.close();
    this.#heal();
    await this.#boot();
    await this.#check();
  }

  async #raise(): Promise<void> {
    const journal = this.#current();
    const floor = journal.term + Math.floor(this.#random() * 3);
    const cut = this.#random() < 0.5;
    if (cut) this.#cut(Math.floor(this.#random() * 60));
    await journal.raiseTerm(floor).catch(() => {});
    this.#terms.add(journal.term);
    if (cut) await this.#crash();
  }

  /** The power goes after so many operations: from then on the disk does nothing, until the crash is played. */
  #cut(after: number): void {
    let left = after;
    this.#fs.fault = (operation, path) => (left-- > 0 ? undefined : diskError("EIO", operation, path));
  }

  #break(): void {
    const code = this.#random() < 0.5 ? "ENOSPC" : "EIO";
    const operation = this.#random() < 0.5 ? "sync" : "write";
    const share = this.#random() < 0.5 ? 1 : 0.3;
    const untidy = this.#random() < 0.5;
    this.#fs.fault = (one, path) =>
      (one === operation && this.#random() < share) || (untidy && (one === "truncate" || one === "remove"))
        ? diskError(code, one, path)
        : undefined;
  }

  #heal(): void {
    this.#fs.fault = () => undefined;
  }

  /** Everything durable is there, in order, once, with no hole untold. */
  async #check(): Promise<void> {
    const journal = this.#current();
    const { durable } = journal.info(stream);
    const records = await readAll(journal, stream, beginning, { records: 1 + Math.floor(this.#random() * 200), bytes: 20_000 });
    this.#checkOrder(records);
    const payloads = records
      .filter(({ kind }) => kind === RecordKind.sample || kind === RecordKind.command)
      .map(({ payload }) => decode(payload));
    if (new Set(payloads).size !== payloads.length)
      throw new Error(
        `a record is there twice: ${records.map(({ term, seq, kind, payload }) => `${term}-${seq}-${kind}:${decode(payload).slice(0, 5)}`).join(" ")}`,
      );
    for (const { term, seq, kind, payload } of records) {
      if (kind === RecordKind.gap) continue;
      const before = this.#seen.get(`${term}-${seq}`);
      if (before !== undefined && before !== decode(payload)) throw new Error(`${term}-${seq} was ${before} and is ${decode(payload)}`);
      this.#seen.set(`${term}-${seq}`, decode(payload));
    }
    const last = records.at(-1);
    if (last !== undefined && compareCursors(last, durable) < 0) throw new Error(`durable is ${durable.seq}, read was up to ${last.seq}`);
    const there = new Set(payloads);
    const lossy = records.some(({ kind, payload }) => kind === RecordKind.gap && decodeGap(payload)?.why !== "memory");
    const lost = [...this.#durable].filter((payload) => !there.has(payload));
    if (lost.length > 0 && !lossy) throw new Error(`${lost.length} durable records are lost, first ${lost[0]}`);
    const { acknowledged } = journal.info(stream);
    const needed = records.filter((record) => compareCursors(record, acknowledged) > 0).map(({ payload }) => decode(payload));
    this.#durable = new Set(needed.filter((payload) => there.has(payload)));
  }

  #checkOrder(records: readonly JournalRecord[]): void {
    let before: Cursor = beginning;
    let told = 0;
    for (const record of records) {
      if (compareCursors(record, before) <= 0) throw new Error(`${record.term}-${record.seq} comes behind ${before.term}-${before.seq}`);
      if (record.kind === RecordKind.gap) {
        const gap = decodeGap(record.payload);
        if (gap === undefined) throw new Error("a gap record cannot be read");
        if (gap.from.seq > Math.max(before.seq, told) + 1) throw new Error(`a gap from ${gap.from.seq} stands behind ${before.seq}`);
        if (gap.why !== "thin" && (gap.to.seq !== record.seq || gap.count !== gap.to.seq - gap.from.seq + 1)) {
          throw new Error(`the gap ${decode(record.payload)} stands at ${record.seq}`);
        }
        told = Math.max(told, gap.to.seq);
      } else if (record.seq > before.seq + 1 && record.seq > told + 1) {
        throw new Error(`a hole between ${before.term}-${before.seq} and ${record.term}-${record.seq} is not told`);
      }
      before = record;
    }
  }
}
