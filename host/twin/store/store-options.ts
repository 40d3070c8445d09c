import { type Bytes, bytes, type Millis, millis } from "../../../shared/base/units.ts";
import type { DocumentKind } from "../../../shared/twin/store-ports.ts";

/** Bounds and intervals of a gateway's store. */
export interface StoreOptions {
  /** Documents of each kind at most. */
  readonly documents?: Partial<Readonly<Record<DocumentKind, number>>>;
  /** JSON of one document, event or state at most; default 256 KiB. */
  readonly documentSize?: Bytes;
  /** Streams of boards whose places are kept at most; default 200,000. */
  readonly streams?: number;
  /** Subscribers with an event cursor at most; default 1000. */
  readonly subscribers?: number;
  /** Events are kept at least so long, default 24 h, and until the slowest subscriber has them … */
  readonly eventAge?: Millis;
  /** … but never more than so many; default 1,000,000. */
  readonly events?: number;
  /** Changes that may wait for the disk at once; default 10,000. */
  readonly waiting?: number;
  /** Changes, documents and readings in one batch at most, so that none holds the process up for long; default 4000. One change always goes as a whole. */
  readonly batch?: number;
  /** Memory for documents that are read again; default 16 MiB. */
  readonly cache?: Bytes;
  /** Pause between attempts to open a store anew that a disk refused; default 1 s. */
  readonly retry?: Millis;
}

const documents: Readonly<Record<DocumentKind, number>> = {
  thing: 100_000,
  feature: 1_000_000,
  definition: 10_000,
  alias: 200_000,
  relation: 500_000,
  board: 10_000,
  operation: 500_000,
  artifact: 100_000,
  user: 10_000,
  grant: 100_000,
  key: 100_000,
  session: 100_000,
};

/** All bounds, those that were left out too. */
export type StoreBounds = Omit<Required<StoreOptions>, "documents"> & { readonly documents: Readonly<Record<DocumentKind, number>> };

/** Puts in what was left out. */
export const storeBounds = (options: StoreOptions): StoreBounds => ({
  documentSize: bytes(256 * 1024),
  streams: 200_000,
  subscribers: 1000,
  eventAge: millis(24 * 3_600_000),
  events: 1_000_000,
  waiting: 10_000,
  batch: 4000,
  cache: bytes(16 << 20),
  retry: millis(1000),
  ...options,
  documents: { ...documents, ...options.documents },
});
