import type { FeatureKey } from "../../shared/twin/feature-twin.ts";

/** One document to write, or to delete where there is no text. */
export interface TwinRecord {
  readonly key: FeatureKey;
  readonly text: string | undefined;
}

/** Where the twins of a board are kept: all that an adapter has to do. */
export interface BatchWriter {
  /** Writes all the records or none, in order. Resolves when they are on disk. One call at a time. */
  write(records: readonly TwinRecord[]): Promise<void>;
  /** Gets ready for the next write after one that failed. True when what was on disk before may be gone: then everything is written again. */
  recover(): Promise<boolean>;
  close(): Promise<void>;
}
