import { type BackoffRange, backoffDelay } from "../../shared/base/backoff.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { Millis } from "../../shared/base/units.ts";

export interface GroupCommitParts {
  readonly clock: Clock;
  /** How long a commit that somebody waits for lets others join; 0: until the event loop has gone round once. */
  readonly delay: Millis;
  /** How long what nobody waits for is gathered. */
  readonly interval: Millis;
  /** How attempts follow a failed one. */
  readonly backoff: BackoffRange;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** All that waits now is due, with `everything` also what is not urgent enough for the interval. */
  readonly markDue: (everything: boolean) => void;
  /** Writes one batch of what is due. False when nothing was. Rejects when it could not. */
  readonly writeBatch: () => Promise<boolean>;
}

interface Flusher {
  resolve(): void;
  reject(error: unknown): void;
}

/** Decides when batches are written: one at a time, each gathering what came while the one before was written; after a failure later and later. */
export class GroupCommit {
  readonly #parts: GroupCommitParts;
  /** True while there may be something due that no batch has taken. */
  #wanted = false;
  #running: Promise<void> | undefined = undefined;
  #starting = false;
  #failures = 0;
  #closed = false;
  #flushers: Flusher[] = [];
  #disarmInterval: Disarm | undefined = undefined;
  #disarmRetry: Disarm | undefined = undefined;
  #endGathering: () => void = () => {};

  constructor(parts: GroupCommitParts) {
    this.#parts = parts;
  }

  /** Somebody waits. */
  soon(): void {
    this.#wanted = true;
    // In trouble the retry decides when; a running commit goes on by itself.
    if (this.#running !== undefined || this.#starting || this.#disarmRetry !== undefined || this.#closed) return;
    this.#starting = true;
    void this.#gather().then(() => {
      this.#starting = false;
      this.#start();
    });
  }

  /** There is something that nobody waits for. */
  later(): void {
    if (this.#disarmInterval !== undefined || this.#closed) return;
    this.#disarmInterval = this.#parts.clock.after(this.#parts.interval, () => {
      this.#disarmInterval = undefined;
      this.#parts.markDue(false);
      this.soon();
    });
  }

  /** Writes everything now, in trouble too. */
  flush(): Promise<void> {
    this.#parts.markDue(true);
    this.#wanted = true;
    this.#disarmRetry?.();
    this.#disarmRetry = undefined;
    return new Promise((resolve, reject) => {
      this.#flushers.push({ resolve, reject });
      this.#endGathering();
      this.#start();
    });
  }

  /** Writes no more; resolves when the batch under way is done with. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#disarmInterval?.();
    this.#disarmRetry?.();
    await this.#running;
  }

  #start(): void {
    if (this.#running !== undefined || this.#disarmRetry !== undefined || this.#closed) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#wanted) this.#start();
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted && !this.#closed) {
        this.#wanted = false;
        while (!this.#closed && (await this.#parts.writeBatch())) {
          this.#failures = 0;
          await this.#gather();
        }
      }
      for (const { resolve } of this.#flushers.splice(0)) resolve();
    } catch (error) {
      this.#wanted = true;
      this.#failures += 1;
      if (!this.#closed) {
        this.#disarmRetry = this.#parts.clock.after(backoffDelay(this.#parts.backoff, this.#failures, this.#parts.random), () => {
          this.#disarmRetry = undefined;
          this.#parts.markDue(false);
          this.#start();
        });
      }
      for (const { reject } of this.#flushers.splice(0)) reject(error);
    }
  }

  /** Lets others join the next batch; a flush waits for nobody. */
  #gather(): Promise<void> {
    const { clock, delay } = this.#parts;
    return new Promise((resolve) => {
      if (delay === 0) {
        setImmediate(resolve);
        return;
      }
      const disarm = clock.after(delay, resolve);
      this.#endGathering = () => {
        disarm();
        resolve();
      };
    });
  }
}
