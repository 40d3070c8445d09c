import { MemoryLevel } from "memory-level";
import type { BatchSink, CommitUpkeep, HistoryWrite } from "../../../../host/twin/history/batch-sink.ts";
import { HistoryKeys } from "../../../../host/twin/history/history-keys.ts";
import type { HistorySettings } from "../../../../host/twin/history/history-settings.ts";
import type { HistoryDatabase } from "../../../../host/twin/history/history-space.ts";
import { pastAllHours } from "../../../../host/twin/history/history-time.ts";
import { LevelHistory } from "../../../../host/twin/history/level-history.ts";
import { type Instant, instant, millis } from "../../../../shared/base/units.ts";
import type { Reading } from "../../../../shared/twin/documents/reading.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

export const hour = 3_600_000;
export const day = 24 * hour;
/** A whole day. */
export const start = 19_700 * day;
const prefix = Uint8Array.of(33, 104, 33);
export const never = new AbortController().signal;

type Operation =
  | { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: "del"; readonly key: Uint8Array };

/** What becomes of a batch. Told as failed may be what was written all the same, when only the disk's word for it is missing. */
export type Fate = "kept" | "failed" | "written but failed" | "lost";

const diskRefuses = new Error("the disk refuses");

/** A store around a history: one queue of batches, which can fail or be lost in a crash. */
export class HistoryLab<K, V> {
  readonly db: HistoryDatabase<K, V>;
  readonly prefix: Uint8Array = prefix;
  readonly clock: FakeClock;
  readonly log = new FakeLog();
  readonly settings: Partial<HistorySettings>;
  /** Upkeep batches that fail, counted from the next. */
  failingUpkeep = 0;
  /** How they fail. */
  upkeepFate: Fate = "failed";
  #history: LevelHistory | undefined;
  #queue: Promise<void> = Promise.resolve();
  #life = 0;

  constructor(db: HistoryDatabase<K, V>, settings: Partial<HistorySettings> = {}, now: Instant = instant(start)) {
    this.db = db;
    this.settings = settings;
    this.clock = new FakeClock(now);
  }

  static async memory(settings: Partial<HistorySettings> = {}, now?: Instant): Promise<HistoryLab<string, string>> {
    const db = new MemoryLevel<string, string>();
    await db.open();
    const lab = new HistoryLab(db, settings, now);
    await lab.reopen();
    return lab;
  }

  get history(): LevelHistory {
    if (this.#history === undefined) throw new Error("not open");
    return this.#history;
  }

  /** Begins anew with what is in the database. Batches that are not written are lost. */
  async reopen(): Promise<void> {
    this.#life += 1;
    await this.#queue;
    this.#history = await LevelHistory.open({
      db: this.db,
      prefix,
      clock: this.clock,
      log: this.log,
      settings: this.settings,
    });
  }

  /** Puts readings into a batch of their own, now; the batch is written behind those before it. Resolves when it came to its end, to whether it is on disk. */
  write(readings: readonly Reading[], fate: Fate = "kept"): Promise<boolean> {
    return this.#enqueue(fate, (sink) => [this.history.write(readings, sink)]).then(
      () => true,
      (error) => fate === "written but failed" && error === diskRefuses,
    );
  }

  /** Several writes in one batch. */
  writeTogether(parts: readonly (readonly Reading[])[]): Promise<void> {
    return this.#enqueue("kept", (sink) => parts.map((readings) => this.history.write(readings, sink)));
  }

  remove(thing: string, feature?: string, fate: Fate = "kept"): Promise<void> {
    return this.#enqueue(fate, (sink) => [this.history.remove(thing, feature, sink)]).catch(() => {});
  }

  /** @param rounds an hour that was written to a moment ago waits for the round after the next */
  async maintain(rounds = 1): Promise<void> {
    const life = this.#life;
    const { history } = this;
    const commit: CommitUpkeep = (fill) => this.#commit(fill, life);
    for (let round = 0; round < rounds; round++) await history.maintain(commit, never);
  }

  /** A round with a way to commit that does something before. */
  maintainWith(commit: CommitUpkeep): Promise<void> {
    return this.history.maintain(commit, never);
  }

  readonly commit: CommitUpkeep = (fill) => this.#commit(fill, this.#life);

  #commit(fill: Parameters<CommitUpkeep>[0], life: number): Promise<void> {
    const failing = this.failingUpkeep > 0;
    if (failing) this.failingUpkeep -= 1;
    const fate = life !== this.#life ? "lost" : failing ? this.upkeepFate : "kept";
    return this.#enqueue(fate, (sink) => {
      fill(sink);
      return [];
    });
  }

  /** Lets hours pass, by both clocks. */
  async pass(hours: number): Promise<void> {
    await this.clock.advance(millis(hours * hour));
  }

  /** What is wrong on disk, when all hours with readings are over and were summed up: left marks, or a wrong count of readings. */
  async unsound(): Promise<string | undefined> {
    let readings = 0;
    let marks = 0;
    const keys = new HistoryKeys(prefix);
    for await (const key of this.db.keys<Uint8Array>({ keyEncoding: "view" })) {
      if (key[prefix.length] === 8) readings += 1;
      if (key[prefix.length] === 5 && keys.timeOf(key) < pastAllHours) marks += 1;
    }
    const kept = this.metric("readings_kept");
    if (marks > 0) return `${marks} hours are still marked`;
    return kept === readings ? undefined : `${readings} readings are kept, ${kept} are counted`;
  }

  metric(name: string): number | undefined {
    return this.history.metrics().find((metric) => metric.name === `penstock_history_${name}`)?.values[0]?.value;
  }

  #enqueue(fate: Fate, fill: (sink: BatchSink) => readonly HistoryWrite[]): Promise<void> {
    const life = this.#life;
    const operations: Operation[] = [];
    const writes = fill({
      put: (key, value) => operations.push({ type: "put", key, value }),
      del: (key) => operations.push({ type: "del", key }),
    });
    const done = this.#queue.then(async () => {
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (life !== this.#life || fate === "lost") throw new Error("the power is gone");
      if (fate !== "failed") await this.db.batch<Uint8Array, Uint8Array>(operations, { keyEncoding: "view", valueEncoding: "view" });
      if (fate !== "kept") {
        for (const write of writes) write.failed();
        throw diskRefuses;
      }
      for (const write of writes) write.committed();
    });
    this.#queue = done.catch(() => {});
    return done;
  }
}

let seq = 0;

/** A reading with a place of its own. */
export function reading(source: number, value: Reading["value"], more: Partial<Reading> = {}): Reading {
  seq += 1;
  return { thing: "pump", feature: "flow", value, quality: "good", source, received: source + 7, term: 1, seq, ...more };
}
