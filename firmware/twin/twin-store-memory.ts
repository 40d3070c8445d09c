import type { BatchWriter } from "./batch-writer.ts";
import { BatchedTwinStore, type TwinStoreParts } from "./batched-twin-store.ts";

/** Twins that end with the process: for tests and for boards without a disk. */
export class MemoryTwinStore extends BatchedTwinStore {
  static open(parts: TwinStoreParts): Promise<MemoryTwinStore> {
    return Promise.resolve(new MemoryTwinStore(parts, nowhere, [], 0));
  }
}

const nowhere: BatchWriter = {
  write: () => Promise.resolve(),
  recover: () => Promise.resolve(false),
  close: () => Promise.resolve(),
};
