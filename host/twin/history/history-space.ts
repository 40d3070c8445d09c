import type { AbstractLevel, AbstractSnapshot } from "abstract-level";
import { type StopSignal, throwIfStopped } from "../../../shared/base/stop-signal.ts";
import type { KeyRange } from "./history-keys.ts";

/** Any database of abstract-level; keys and values of the history are bytes, whatever encodings the database has else. */
export type HistoryDatabase<K, V> = AbstractLevel<string | Buffer | Uint8Array, K, V>;

export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Entries that are read at once: enough to make the way to the database cheap, few enough not to hold up the process. */
const chunk = 1000;
const chunkBytes = 128 * 1024;

/** What the history reads at one moment: commits after it are not seen. */
export interface HistoryView extends AsyncDisposable {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** Entries of a range in order, by chunks. Ends early when the caller does. @throws {Stopped} */
  entries(range: KeyRange, stop: StopSignal, options?: { readonly reverse?: boolean; readonly limit?: number }): AsyncGenerator<Entry[]>;
  seeker(range: KeyRange): HistorySeeker;
}

/** Goes from place to place within a range: cheaper than a range for each. */
export interface HistorySeeker extends AsyncDisposable {
  /** The last entry before a key. */
  lastBefore(key: Uint8Array): Promise<Entry | undefined>;
}

/** Opens views of a database. Snapshots of both databases cost next to nothing. */
export type HistorySpace = () => HistoryView;

export function historySpace<K, V>(db: HistoryDatabase<K, V>): HistorySpace {
  return () => viewOf(db, db.snapshot());
}

function viewOf<K, V>(db: HistoryDatabase<K, V>, snapshot: AbstractSnapshot): HistoryView {
  const encodings = { keyEncoding: "buffer", valueEncoding: "buffer" } as const;
  return {
    get: (key) => db.get<Uint8Array, Uint8Array>(key, { ...encodings, snapshot }),
    async *entries(range, stop, { reverse = false, limit = -1 } = {}) {
      throwIfStopped(stop);
      const options = { ...encodings, ...range, reverse, limit, snapshot, highWaterMarkBytes: chunkBytes };
      const iterator = db.iterator<Uint8Array, Uint8Array>(options);
      try {
        for (;;) {
          const entries = await iterator.nextv(chunk);
          if (entries.length === 0) return;
          yield entries;
          throwIfStopped(stop);
        }
      } finally {
        await iterator.close();
      }
    },
    seeker(range) {
      const iterator = db.iterator<Uint8Array, Uint8Array>({ ...encodings, ...range, reverse: true, snapshot });
      return {
        lastBefore: async (key) => {
          iterator.seek<Uint8Array>(key, { keyEncoding: "buffer" });
          return (await iterator.nextv(1))[0];
        },
        [Symbol.asyncDispose]: () => iterator.close(),
      };
    },
    [Symbol.asyncDispose]: () => snapshot.close(),
  };
}
