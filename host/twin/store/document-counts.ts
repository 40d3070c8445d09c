import type { DocumentKind } from "../../../shared/twin/store-ports.ts";
import { parseStored } from "./parse-stored.ts";
import type { StoreDatabase } from "./store-database.ts";
import { asText, endOf, Space } from "./store-keys.ts";

const key = `${Space.meta}counts`;
const chunk = 1000;

export type Counts = Readonly<Record<DocumentKind, number>>;

const none: Counts = {
  thing: 0,
  feature: 0,
  definition: 0,
  alias: 0,
  relation: 0,
  board: 0,
  operation: 0,
  artifact: 0,
  user: 0,
  grant: 0,
  key: 0,
  session: 0,
};

/** How many documents of each kind there are: kept in the batch that changes them. */
export class DocumentCounts {
  readonly #db: StoreDatabase;
  #now: Counts = none;

  constructor(db: StoreDatabase) {
    this.#db = db;
  }

  get now(): Counts {
    return this.#now;
  }

  /** Reads the counts. @param again whether to count all documents, since what was noted cannot be relied on */
  async load(again: boolean): Promise<void> {
    const text = again ? undefined : await this.#db.get<string, string>(key, asText);
    if (text !== undefined) {
      this.#now = { ...none, ...parseStored(key, text) };
      return;
    }
    this.#now = await this.#count();
    const how = { ...asText, sync: true };
    await this.#db.put<string, string>(...this.write(this.#now), how);
  }

  /** What to write where the counts become others. */
  write(counts: Counts): readonly [key: string, value: string] {
    return [key, JSON.stringify(counts)];
  }

  settle(counts: Counts): void {
    this.#now = counts;
  }

  async #count(): Promise<Counts> {
    const counts: Record<string, number> = {};
    const keys = this.#db.keys<string>({ ...asText, gte: Space.document, lt: endOf(Space.document) });
    try {
      for (let some = await keys.nextv(chunk); some.length > 0; some = await keys.nextv(chunk)) {
        for (const one of some) {
          const kind = one.slice(Space.document.length, one.indexOf("/", Space.document.length));
          counts[kind] = (counts[kind] ?? 0) + 1;
        }
      }
    } finally {
      await keys.close();
    }
    return { ...none, ...counts };
  }
}
