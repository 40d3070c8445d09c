import { RevisionConflict } from "../../../shared/twin/documents/document-errors.ts";
import { StoreFull } from "../../../shared/twin/store-errors.ts";
import type { CursorPut } from "../../../shared/twin/store-ports.ts";
import { parseStored } from "./parse-stored.ts";
import type { StoreDatabase } from "./store-database.ts";
import { asText, endOf, Space } from "./store-keys.ts";

/** A place in a stream of records. */
export interface Place {
  readonly term: number;
  readonly seq: number;
}

const begin: Place = { term: 0, seq: 0 };

/** Where the streams of all boards stand. All in memory: they are asked with every batch. */
export class StreamCursors {
  readonly #db: StoreDatabase;
  readonly #most: number;
  readonly #boards = new Map<string, Map<string, Place>>();
  #size = 0;

  constructor(db: StoreDatabase, most: number) {
    this.#db = db;
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  async load(): Promise<void> {
    this.#boards.clear();
    this.#size = 0;
    const range = { ...asText, gte: Space.cursor, lt: endOf(Space.cursor) };
    for await (const [key, text] of this.#db.iterator<string, string>(range)) {
      const name = key.slice(Space.cursor.length);
      const cut = name.indexOf("/");
      this.settle(name.slice(0, cut), name.slice(cut + 1), parseStored<Place>(key, text));
    }
  }

  of(board: string): ReadonlyMap<string, Place> {
    return new Map(this.#boards.get(board));
  }

  /** Checks a move. @param staged where the stream is moved to already @param waiting moves that are not settled @throws {RevisionConflict} {StoreFull} */
  check({ board, stream, prev }: CursorPut, staged: Place | undefined, waiting: number): void {
    const stored = this.#boards.get(board)?.get(stream);
    const now = staged ?? stored ?? begin;
    const name = `${board}/${stream}`;
    if (now.term !== prev.term) throw new RevisionConflict("cursor (term)", name, prev.term, now.term);
    if (now.seq !== prev.seq) throw new RevisionConflict("cursor", name, prev.seq, now.seq);
    if (stored === undefined && this.#size + waiting >= this.#most) throw new StoreFull("streams", this.#most);
  }

  settle(board: string, stream: string, { term, seq }: Place): void {
    const streams = this.#boards.get(board);
    const place = { term, seq };
    if (streams?.has(stream) !== true) this.#size += 1;
    if (streams === undefined) this.#boards.set(board, new Map([[stream, place]]));
    else streams.set(stream, place);
  }
}
