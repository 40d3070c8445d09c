import type { Level } from "level";
import { StoreNewer } from "../../shared/base/level/level-errors.ts";
import type { Log } from "../../shared/base/log.ts";
import { decodeFeature } from "../../shared/twin/feature-document.ts";
import type { FeatureTwin } from "../../shared/twin/feature-twin.ts";
import { closeLevel, openLevel, type Recovery } from "../platform/level/open-level.ts";
import type { BatchWriter, TwinRecord } from "./batch-writer.ts";

/** The layout of the records that this version writes. */
const schema = 1;

// The names that abstract-level gives the keys of sublevels. Put together here because its sublevels encode every key anew.
const twinPrefix = "!twin!";
const twinEnd = '!twin"';
const quarantinePrefix = "!quarantine!";
const quarantineEnd = '!quarantine"';
const schemaKey = "!meta!schema";
const aliveKey = "!meta!alive";

/** Features kept aside at most: damaged again and again, a disk must not fill up with what nobody can read. */
const maxQuarantined = 1000;

export interface TwinDiskParts {
  readonly directory: string;
  readonly log: Log;
}

/** The twins' LevelDB: records `!twin!<thing>/<feature>`, `!meta!schema`, `!meta!alive`, and under `!quarantine!` what could not be read. */
export class TwinDisk implements BatchWriter {
  #recovery: Recovery;
  readonly #parts: TwinDiskParts;
  #db: Level<string, string>;
  #features: readonly FeatureTwin[] = [];
  #quarantined = 0;

  private constructor(parts: TwinDiskParts, db: Level<string, string>, recovery: Recovery) {
    this.#parts = parts;
    this.#db = db;
    this.#recovery = recovery;
  }

  /** @throws {StoreLocked} {StoreUnwritable} {StoreNewer} */
  static async open(parts: TwinDiskParts): Promise<TwinDisk> {
    const { db, created, recovery } = await openLevel(parts);
    const disk = new TwinDisk(parts, db, recovery);
    try {
      await disk.#checkSchema(created);
      await disk.#load();
      return disk;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** How the store was found when it was opened first. */
  get recovery(): Recovery {
    return this.#recovery;
  }

  /** All that was on disk when it was opened; given out once, so that it is not kept. */
  get features(): readonly FeatureTwin[] {
    const features = this.#features;
    this.#features = [];
    return features;
  }

  /** Records that were set aside, now or in earlier runs. */
  get quarantined(): number {
    return this.#quarantined;
  }

  async write(records: readonly TwinRecord[]): Promise<void> {
    const batch = this.#db.batch();
    for (const { key, text } of records) {
      if (text === undefined) batch.del(twinPrefix + key);
      else batch.put(twinPrefix + key, text);
    }
    await batch.write({ sync: true });
  }

  /** Writes a few bytes behind all writes under way, and resolves when they are on disk. */
  async probe(): Promise<void> {
    await this.#db.put(aliveKey, "1", { sync: true });
  }

  /** LevelDB takes no writes after a failed one, and its log may end in half a record: it is opened anew. */
  async recover(): Promise<boolean> {
    await this.#db.close();
    const { db, recovery } = await openLevel(this.#parts);
    this.#db = db;
    return recovery !== "clean";
  }

  close(): Promise<void> {
    return closeLevel(this.#db);
  }

  async #checkSchema(created: boolean): Promise<void> {
    const found = await this.#db.get(schemaKey);
    const number = Number(found);
    if (number > schema) throw new StoreNewer("twin store", number, schema);
    if (number === schema) return;
    // The schema is the first thing written: where a store is without, what came after it went too.
    if (!created && this.#recovery === "clean") {
      this.#recovery = "lost";
      this.#parts.log.error({ directory: this.#parts.directory }, "the twin store is not new, but all that was in it is gone");
    }
    await this.#db.put(schemaKey, `${schema}`, { sync: true });
  }

  async #load(): Promise<void> {
    const features: FeatureTwin[] = [];
    const unreadable: string[] = [];
    for (const key of await this.#db.keys({ gte: quarantinePrefix, lt: quarantineEnd }).all()) if (key !== "") this.#quarantined += 1;
    const entries = this.#db.iterator({ gte: twinPrefix, lt: twinEnd });
    for (;;) {
      const some = await entries.nextv(1000);
      if (some.length === 0) break;
      for (const [key, text] of some) {
        const name = key.slice(twinPrefix.length);
        const cut = name.indexOf("/");
        try {
          features.push(decodeFeature(name.slice(0, cut), name.slice(cut + 1), text));
        } catch (error) {
          this.#parts.log.error({ key, err: error }, "a stored twin cannot be read; it is set aside");
          unreadable.push(key);
        }
      }
    }
    await entries.close();
    for (const key of unreadable) await this.#setAside(key);
    this.#features = features;
  }

  /** Moves a record under `quarantine`, byte by byte as it is. */
  async #setAside(key: string): Promise<void> {
    const value = await this.#db.get<string, Buffer>(key, { valueEncoding: "buffer" });
    const batch = this.#db.batch().del(key);
    if (this.#quarantined < maxQuarantined) {
      batch.put(quarantinePrefix + key.slice(twinPrefix.length), value, { valueEncoding: "buffer" });
      this.#quarantined += 1;
    }
    await batch.write({ sync: true });
  }
}
