import type { Level } from "level";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { millis } from "../../../shared/base/units.ts";
import type { BrokerSettings } from "../../../shared/broker/broker-settings.ts";
import type { RetainedView } from "../../../shared/broker/ports.ts";
import { openLevel, type Recovery } from "../../platform/level/open-level.ts";
import type { BrokerCounters } from "../broker-counters.ts";
import { GroupCommit } from "./group-commit.ts";
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
}

const longestFlush = millis(1000);

/** Everything of the broker that outlives the process, in one LevelDB: sessions, retained messages, wills. */
export class BrokerStore {
  readonly sessions: SessionStore;
  readonly retained: RetainedStore;
  readonly wills: WillStore;
  readonly commit: GroupCommit;
  readonly recovery: Recovery;
  /** Wills of clients that were connected when the process ended without warning. */
  readonly leftWills: StoredMessage[] = [];
  readonly #db: Level<string, string>;
  readonly #clock: Clock;

  private constructor(parts: BrokerStoreParts, db: Level<string, string>, recovery: Recovery) {
    const { settings, counters, clock, log, views } = parts;
    this.#db = db;
    this.#clock = clock;
    this.recovery = recovery;
    this.commit = new GroupCommit({
      write: (group) => db.batch<string, Buffer>(group, { sync: true, valueEncoding: "buffer" }),
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

  /** Writes what is pending, for a second at most, and closes. */
  async close(): Promise<void> {
    const flushed = this.commit.commit();
    this.commit.close();
    await new Promise<void>((resolve) => {
      const disarm = this.#clock.after(longestFlush, resolve);
      void flushed.then(() => {
        disarm();
        resolve();
      });
    });
    await this.#db.close();
  }

  async #load(): Promise<number> {
    const sessions = new Map<number, Session>();
    let damaged = 0;
    const read = async (from: string, to: string): Promise<void> => {
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
