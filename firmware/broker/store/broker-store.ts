import type { Level } from "level";
import type { Clock } from "../../../shared/base/clock.ts";
import { StoreUnwritable } from "../../../shared/base/level/level-errors.ts";
import type { Log } from "../../../shared/base/log.ts";
import { millis } from "../../../shared/base/units.ts";
import type { BrokerSettings } from "../../../shared/broker/broker-settings.ts";
import type { RetainedView } from "../../../shared/broker/ports.ts";
import { openLevel, type Recovery } from "../../platform/level/open-level.ts";
import type { BrokerCounters } from "../broker-counters.ts";
import { GroupCommit, type StoreChange } from "./group-commit.ts";
import { RetainedStore } from "./retained-store.ts";
import type { Session } from "./session.ts";
import { SessionStore } from "./session-store.ts";
import type { StoredMessage } from "./store-record.ts";
import { WillStore } from "./will-store.ts";

export interface BrokerStoreParts {
  readonly directory: string;
  readonly settings: BrokerSettings;
  readonly views: readonly RetainedView[];
  readonly counters: BrokerCounters;
  readonly clock: Clock;
  readonly log: Log;
  /** Why there is no disk to open: nothing is read then, and nothing that must be stored is acknowledged. */
  readonly refusal?: Error;
}

const longestFlush = millis(1000);

/** Everything of the broker that outlives the process, in one LevelDB: sessions, retained messages, wills. */
export class BrokerStore {
  readonly sessions: SessionStore;
  readonly retained: RetainedStore;
  readonly wills: WillStore;
  readonly commit: GroupCommit;
  /** Wills of clients that were connected when the process ended without warning. */
  readonly leftWills: StoredMessage[] = [];
  readonly #parts: BrokerStoreParts;
  #db: Level<string, string> | undefined;
  #recovery: Recovery;
  #recovering: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(parts: BrokerStoreParts, db: Level<string, string> | undefined, recovery: Recovery) {
    const { settings, counters, clock, log, views } = parts;
    this.#parts = parts;
    this.#db = db;
    this.#recovery = recovery;
    this.commit = new GroupCommit({
      write: (group) => this.#write(group),
      recover: () => {
        this.#recovering = this.#recover();
        return this.#recovering;
      },
      clock,
      log,
      interval: settings.commitInterval,
    });
    this.sessions = new SessionStore({ commit: this.commit, clock, limits: settings.limits, counters });
    this.retained = new RetainedStore({ commit: this.commit, limits: settings.limits, counters, views });
    this.wills = new WillStore(this.commit);
  }

  /** Opens the store and reads all of it. @throws {StoreLocked} {StoreUnwritable} */
  static async open(parts: BrokerStoreParts): Promise<BrokerStore> {
    if (parts.refusal !== undefined) return new BrokerStore(parts, undefined, "clean");
    const { db, recovery } = await openLevel({ directory: parts.directory, log: parts.log });
    const store = new BrokerStore(parts, db, recovery);
    try {
      const damaged = await store.#load();
      if (recovery !== "clean")
        parts.log.error(
          { directory: parts.directory, recovery },
          "the broker's store was damaged: sessions or retained messages may be missing",
        );
      if (damaged > 0)
        parts.log.error({ directory: parts.directory, damaged }, "records of the broker's store could not be read and were removed");
      return store;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** How the store was found when it was opened, now or after the disk had refused. */
  get recovery(): Recovery {
    return this.#recovery;
  }

  /** False while the disk refuses. */
  get writable(): boolean {
    return this.#parts.refusal === undefined && this.commit.writable;
  }

  /** Writes what is pending, for a second at most, and closes. */
  async close(): Promise<void> {
    const flushed = this.commit.commit();
    this.commit.close();
    await new Promise<void>((resolve) => {
      const disarm = this.#parts.clock.after(longestFlush, resolve);
      void flushed.then(() => {
        disarm();
        resolve();
      });
    });
    this.#closed = true;
    await this.#recovering.catch(() => {});
    await this.#db?.close();
  }

  async #write(group: StoreChange[]): Promise<void> {
    if (this.#db === undefined) throw this.#parts.refusal ?? new StoreUnwritable(this.#parts.directory, "it is not open");
    await this.#db.batch<string, Buffer>(group, { sync: true, valueEncoding: "buffer" });
  }

  /** LevelDB goes on behind half a record after a write that failed, and what it writes there is lost at the next start: it is opened anew. */
  async #recover(): Promise<void> {
    const { directory, log, refusal } = this.#parts;
    if (refusal !== undefined) throw refusal;
    if (this.#closed) throw new StoreUnwritable(directory, "it is closed");
    await this.#db?.close();
    const { db, recovery } = await openLevel({ directory, log });
    this.#db = db;
    if (recovery === "clean") return;
    this.#recovery = recovery;
    for (const part of [this.sessions, this.retained, this.wills]) part.writeAgain();
  }

  async #load(): Promise<number> {
    const sessions = new Map<number, Session>();
    let damaged = 0;
    const read = async (from: string, to: string): Promise<void> => {
      if (this.#db === undefined) return;
      for await (const [key, value] of this.#db.iterator<string, Buffer>({ gte: from, lt: to, valueEncoding: "buffer" })) {
        if (this.#take(key, value, sessions)) continue;
        damaged++;
        this.commit.remove(key);
      }
    };
    // Deliveries belong to sessions, which lie behind them.
    await read("s/", "s0");
    await read("", "s/");
    await read("s0", "\uffff");
    return damaged;
  }

  #take(key: string, value: Buffer, sessions: Map<number, Session>): boolean {
    if (key.startsWith("r/")) return this.retained.load(value);
    if (!key.startsWith("w/")) return this.sessions.load(key, value, sessions);
    const will = this.wills.take(key, value);
    if (will !== undefined) this.leftWills.push(will);
    return will !== undefined;
  }
}
