import type { AbstractLevel } from "abstract-level";

/** The database under a store: binary by default, as the history wants it. */
export type StoreDatabase = AbstractLevel<string | Buffer | Uint8Array, Uint8Array, Uint8Array>;

/** Where a store's database lies and how it is brought back. */
export interface StorePlace {
  readonly db: StoreDatabase;
  /** For messages: a directory, or `memory`. */
  readonly name: string;
  /** What could not be opened and what became of it; `undefined`: all was in order. */
  readonly repaired: string | undefined;
  /** Opens the same database anew after a write that failed. Rejects while there is no room, and then leaves it open for reading. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}
