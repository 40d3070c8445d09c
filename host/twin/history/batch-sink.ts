/**
 * The batch that the store is putting together, as those see it who put their part into it. What is put or deleted later wins. Neither array may change
 * afterwards: the batch keeps them.
 */
export interface BatchSink {
  put(key: Uint8Array, value: Uint8Array): void;
  del(key: Uint8Array): void;
}

/**
 * The history's part of a batch. Exactly one of the two is to be called, once, when the batch came to its end.
 *
 * What the store promises: batches take effect whole, in the order in which their sinks were filled. Any number may be under way.
 */
export interface HistoryWrite {
  /** The batch is on disk: `latest` shows its readings from here on. */
  committed(): void;
  /** Nothing of the batch was kept. */
  failed(): void;
}

/**
 * Commits one batch of the history's own upkeep in the store's queue. `fill` is called once, synchronously, when the batch is put together, so that its place
 * among all writes is the place of its sink. Resolves when the batch is on disk, which need not be synced: upkeep that a crash undoes is done again.
 * Rejects when the disk refuses.
 */
export type CommitUpkeep = (fill: (sink: BatchSink) => void) => Promise<void>;
