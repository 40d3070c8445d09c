import type { BoardMemory, LinkBatch, LinkStore } from "../../../shared/connectors/ports.ts";

/** Told of what a link does with the store. */
export interface StoreWatch {
  loaded(memory: BoardMemory): void;
  /** A batch is on disk. */
  kept(batch: LinkBatch): void;
  described(): void;
  /** A call was answered, or failed; the link is told the same right after. */
  answered(): void;
  failed(error: unknown): void;
}

/** The store as one link sees it, with somebody looking on. */
export function guardedStore(store: LinkStore, watch: StoreWatch): LinkStore {
  const noticed = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
      watch.answered();
    } catch (error) {
      watch.failed(error);
      throw error;
    }
  };
  return {
    epoch: store.epoch,
    load: async (board) => {
      const memory = await store.load(board);
      watch.loaded(memory);
      return memory;
    },
    apply: async (board, batch) => {
      await noticed(store.apply(board, batch));
      watch.kept(batch);
    },
    markSent: (board, cmdSeqs, origin) => noticed(store.markSent(board, cmdSeqs, origin)),
    live: (board, values) => store.live(board, values),
    ...(store.described !== undefined && {
      described: async (board, description) => {
        await store.described?.(board, description);
        watch.described();
      },
    }),
  };
}
