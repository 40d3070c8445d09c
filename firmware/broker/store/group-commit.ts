import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

/** One change, as LevelDB takes it. */
export type StoreChange =
  | { readonly type: "put"; readonly key: string; readonly value: Buffer }
  | { readonly type: "del"; readonly key: string };

export interface GroupCommitParts {
  /** Writes a group, all of it or nothing, and resolves when it is on disk. */
  readonly write: (group: StoreChange[]) => Promise<void>;
  /** Gets the disk ready for another attempt after one that failed; default: nothing needs to be done. What it rejects with counts as one more failure. */
  readonly recover?: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest wait of a change that nobody waits for. */
  readonly interval: Millis;
}

interface Batch {
  readonly done: Promise<void>;
  readonly resolve: () => void;
}

function newBatch(): Batch {
  let resolve = (): void => undefined;
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { done, resolve };
}

const firstRetry = 100;
const lastRetry = 5000;

/**
 * Writes changes in groups, each with one fsync: while one group is being written the next one gathers.
 * A group that cannot be written (disk full) is tried again until it can; whoever waits for it goes on waiting, since nothing may be acknowledged.
 * What waits meanwhile is no more than what there is to keep: a key that comes and goes before it was written leaves nothing.
 */
export class GroupCommit {
  /** Groups on disk. */
  commits = 0;
  /** Bytes of keys and values on disk. */
  bytes = 0;
  /** Groups that could not be written. */
  failures = 0;
  /** False while the last group is refused by the disk. */
  writable = true;
  readonly #parts: GroupCommitParts;
  readonly #settled = Promise.resolve();
  #pending = new Map<string, Buffer | undefined>();
  /** Keys in `#pending` that are not on disk and not on their way there. */
  #created = new Set<string>();
  #next: Batch | undefined;
  #running: Promise<void> | undefined;
  #wanted = false;
  #disarm: Disarm | undefined;
  #closed = false;

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
  }

  put(key: string, value: Buffer): void {
    this.#change(key, value);
  }

  /** Puts a key that is not on disk. */
  create(key: string, value: Buffer): void {
    // One that is to be removed may still be there.
    if (!this.#closed && !this.#pending.has(key)) this.#created.add(key);
    this.#change(key, value);
  }

  remove(key: string): void {
    if (this.#created.delete(key)) this.#pending.delete(key);
    else this.#change(key, undefined);
  }

  /** Changes that wait for the disk. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Resolves when all changes made so far are on disk. Asks for them to be written now. */
  commit(): Promise<void> {
    if (this.#pending.size === 0) return this.#running ?? this.#settled;
    this.#next ??= newBatch();
    if (!this.#wanted) {
      this.#wanted = true;
      // What else this turn brings comes along.
      if (this.#running === undefined) setImmediate(() => this.#start());
    }
    return this.#next.done;
  }

  /** Takes no more changes. What is pending is written by a last `commit`. */
  close(): void {
    this.#closed = true;
    this.#disarm?.();
  }

  #change(key: string, value: Buffer | undefined): void {
    if (this.#closed) return;
    this.#pending.set(key, value);
    if (this.#disarm === undefined && !this.#wanted) {
      this.#disarm = this.#parts.clock.after(this.#parts.interval, () => {
        this.#disarm = undefined;
        void this.commit();
      });
    }
  }

  #start(): void {
    if (this.#running !== undefined) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#wanted = false;
    const batch = this.#next ?? newBatch();
    this.#next = undefined;
    const changes = this.#pending;
    if (changes.size === 0) {
      batch.resolve();
      return;
    }
    this.#pending = new Map();
    this.#created = new Set();
    this.#running = this.#write(changes).then((written) => {
      // What was given up at closing is not on disk: whoever waits for it is never told that it is.
      if (!written) return new Promise(() => undefined);
      this.#running = undefined;
      batch.resolve();
      if (this.#wanted) this.#start();
    });
  }

  /** @returns false when it was given up because of closing */
  async #write(changes: ReadonlyMap<string, Buffer | undefined>): Promise<boolean> {
    const { write, recover, clock, log } = this.#parts;
    let size = 0;
    const group: StoreChange[] = [];
    for (const [key, value] of changes) {
      size += key.length + (value?.length ?? 0);
      group.push(value === undefined ? { type: "del", key } : { type: "put", key, value });
    }
    for (let delay = firstRetry; ; delay = Math.min(2 * delay, lastRetry)) {
      try {
        if (!this.writable) await recover?.();
        await write(group);
        this.commits++;
        this.bytes += size;
        this.writable = true;
        return true;
      } catch (error) {
        this.failures++;
        this.writable = false;
        if (delay === firstRetry) log.error({ err: error }, "the broker's store cannot be written; trying again until it can");
        if (this.#closed) return false;
        await new Promise<void>((resolve) => {
          clock.after(millis(delay), resolve);
        });
      }
    }
  }
}
