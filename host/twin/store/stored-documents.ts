import type { AbstractKeyIteratorOptions } from "abstract-level";
import type { Log } from "../../../shared/base/log.ts";
import type { Bytes } from "../../../shared/base/units.ts";
import type { DocumentKind, DocumentKinds, ListBounds } from "../../../shared/twin/store-ports.ts";
import { DocumentCache } from "./document-cache.ts";
import { isOfKind, KeptDocument } from "./kept-document.ts";
import type { StoreDatabase } from "./store-database.ts";
import { StoredDocumentUnreadable } from "./store-failures.ts";
import type { StoreGate } from "./store-gate.ts";
import { asText, documentKey, endOf } from "./store-keys.ts";

/** Documents read from one iterator at a time. */
const chunk = 500;

export interface StoredDocumentsParts {
  readonly db: StoreDatabase;
  readonly gate: StoreGate;
  readonly log: Log;
  readonly cache: Bytes;
}

/** The documents on disk, those that are wanted often in memory too. */
export class StoredDocuments {
  readonly #parts: StoredDocumentsParts;
  readonly cache: DocumentCache;
  /** Reads under way. One that is not in here any more is older than what was written meanwhile and must not be kept. */
  readonly #reads = new Map<string, Promise<KeptDocument | undefined>>();
  readonly #walks = new Set<Set<string>>();
  unreadable = 0;

  constructor(parts: StoredDocumentsParts) {
    this.#parts = parts;
    this.cache = new DocumentCache(parts.cache);
  }

  /** @throws {StoredDocumentUnreadable} */
  async get<K extends DocumentKind>(kind: K, id: string): Promise<DocumentKinds[K] | undefined> {
    const key = documentKey(kind, id);
    const kept = this.cache.get(key) ?? (await (this.#reads.get(key) ?? this.#read(kind, key)));
    return kept !== undefined && isOfKind(kept, kind) ? kept.document : undefined;
  }

  /** As it is on disk, without waiting. @throws {StoredDocumentUnreadable} */
  getSync<K extends DocumentKind>(kind: K, id: string): KeptDocument<K> | undefined {
    const key = documentKey(kind, id);
    const cached = this.cache.get(key);
    if (cached !== undefined) return isOfKind(cached, kind) ? cached : undefined;
    const text = this.#parts.db.getSync<string, string>(key, asText);
    if (text === undefined) return undefined;
    const kept = this.#decode(kind, key, text);
    this.cache.put(key, kept);
    return kept;
  }

  async getMany<K extends DocumentKind>(kind: K, ids: readonly string[]): Promise<readonly (DocumentKinds[K] | undefined)[]> {
    const keys = ids.map((id) => documentKey(kind, id));
    const found = new Map(keys.map((key) => [key, this.cache.get(key)]));
    const missing = [...found].flatMap(([key, kept]) => (kept === undefined ? [key] : []));
    const read = async (overtaken: ReadonlySet<string>): Promise<void> => {
      const texts = await this.#parts.db.getMany<string, string>(missing, asText);
      for (const [at, key] of missing.entries()) {
        const text = texts[at];
        if (text === undefined) continue;
        const kept = this.#decode(kind, key, text);
        found.set(key, kept);
        if (!overtaken.has(key)) this.cache.put(key, kept);
      }
    };
    if (missing.length > 0) await this.#walk(read);
    return keys.map((key) => {
      const kept = found.get(key);
      return kept !== undefined && isOfKind(kept, kind) ? kept.document : undefined;
    });
  }

  /** In the order of ids. A document that cannot be read does not hide the others. */
  async list<K extends DocumentKind>(kind: K, bounds: ListBounds): Promise<readonly DocumentKinds[K][]> {
    const found: DocumentKinds[K][] = [];
    const read = async (overtaken: ReadonlySet<string>): Promise<void> => {
      await using entries = this.#parts.db.iterator<string, string>({ ...asText, ...rangeOf(documentKey(kind, ""), bounds) });
      for (let some = await entries.nextv(chunk); some.length > 0; some = await entries.nextv(chunk)) {
        for (const [key, text] of some) {
          const kept = this.cache.peek(key) ?? this.#listed(kind, key, text, overtaken);
          if (kept !== undefined && isOfKind(kept, kind)) found.push(kept.document);
        }
      }
    };
    await this.#walk(read);
    return found;
  }

  /** What a batch that is on disk has made of a document. */
  settle(key: string, kept: KeptDocument | undefined): void {
    this.#reads.delete(key);
    for (const overtaken of this.#walks) overtaken.add(key);
    if (kept === undefined) this.cache.delete(key);
    else this.cache.put(key, kept);
  }

  /** Forgets what it knows of the disk. */
  clear(): void {
    this.#reads.clear();
    this.cache.clear();
  }

  #read<K extends DocumentKind>(kind: K, key: string): Promise<KeptDocument<K> | undefined> {
    const read = async (): Promise<KeptDocument<K> | undefined> => {
      const text = await this.#parts.gate.pass(() => this.#parts.db.get<string, string>(key, asText));
      return text === undefined ? undefined : this.#decode(kind, key, text);
    };
    const reading = read().then(
      (kept) => {
        if (this.#reads.get(key) === reading) {
          this.#reads.delete(key);
          if (kept !== undefined) this.cache.put(key, kept);
        }
        return kept;
      },
      (error: unknown) => {
        if (this.#reads.get(key) === reading) this.#reads.delete(key);
        throw error;
      },
    );
    this.#reads.set(key, reading);
    return reading;
  }

  #decode<K extends DocumentKind>(kind: K, key: string, text: string): KeptDocument<K> {
    try {
      return new KeptDocument(kind, text);
    } catch (error) {
      this.unreadable += 1;
      throw new StoredDocumentUnreadable(key, error);
    }
  }

  #listed<K extends DocumentKind>(kind: K, key: string, text: string, overtaken: ReadonlySet<string>): KeptDocument<K> | undefined {
    try {
      const kept = this.#decode(kind, key, text);
      if (!overtaken.has(key)) this.cache.putIfRoom(key, kept);
      return kept;
    } catch (error) {
      this.#parts.log.error({ key, err: error }, "a stored document cannot be read");
      return undefined;
    }
  }

  /** Reads many, and knows which of them were written meanwhile: what was read of those is too old to be kept. */
  async #walk(read: (overtaken: ReadonlySet<string>) => Promise<void>): Promise<void> {
    const overtaken = new Set<string>();
    this.#walks.add(overtaken);
    try {
      await this.#parts.gate.pass(() => read(overtaken));
    } finally {
      this.#walks.delete(overtaken);
    }
  }
}

/** The keys behind `home` that a list is asked for. */
export function rangeOf(home: string, { after, prefix = "", limit, reverse = false }: ListBounds): AbstractKeyIteratorOptions<string> {
  const first = home + prefix;
  const range = { gte: first, lt: endOf(first), limit, reverse };
  const behind = after === undefined ? undefined : home + after;
  if (behind === undefined) return range;
  if (reverse) return behind < range.lt ? { ...range, lt: behind } : range;
  return behind < first ? range : { gt: behind, lt: range.lt, limit, reverse };
}
