import { StoreNewer } from "../../../shared/base/level/level-errors.ts";
import { type Bytes, bytes } from "../../../shared/base/units.ts";
import { freeSpace } from "../../platform/level/free-space.ts";
import { type BinaryLevel, closeLevel, type OpenedLevel, type OpenLevelParts, openLevel } from "../../platform/level/open-level.ts";
import { GatewayStoreCore, type GatewayStoreParts } from "./gateway-store-core.ts";
import type { StorePlace } from "./store-database.ts";
import { readSchema, storeSchema, writeSchema } from "./store-schema.ts";

export interface LevelGatewayStoreParts extends GatewayStoreParts, OpenLevelParts {
  /** Room on the disk without which a store that could not be written is not opened anew; default 16 MiB. */
  readonly reserve?: Bytes;
}

/** A gateway's store in LevelDB. */
export class LevelGatewayStore extends GatewayStoreCore {
  /**
   * Opens the store. A damaged one is mended as far as possible; `repaired` says so, and so does the log.
   * @throws {StoreLocked} {StoreUnwritable} {StoreNewer}
   */
  static async open(parts: LevelGatewayStoreParts): Promise<LevelGatewayStore> {
    const opened = await openLevel(parts);
    const { db } = opened;
    try {
      const store = new LevelGatewayStore(parts, new LevelPlace(parts, db, await checkSchema(parts, opened)));
      await store.start();
      return store;
    } catch (error) {
      await db.close();
      throw error;
    }
  }
}

/** A directory with a LevelDB in it. */
class LevelPlace implements StorePlace {
  readonly db: BinaryLevel;
  readonly name: string;
  readonly repaired: string | undefined;
  readonly #reserve: Bytes;

  constructor({ directory, reserve = bytes(16 << 20) }: LevelGatewayStoreParts, db: BinaryLevel, repaired: string | undefined) {
    this.db = db;
    this.name = directory;
    this.repaired = repaired;
    this.#reserve = reserve;
  }

  /** LevelDB takes no writes after a failed one, and its log may end in half a record. Opening it takes room: without it, it stays as it is, to be read. */
  async reopen(): Promise<void> {
    const free = await freeSpace(this.name);
    if (free < this.#reserve) throw new Error(`${free} bytes are free, ${this.#reserve} are needed to go on`);
    await this.db.close();
    await this.db.open();
  }

  close(): Promise<void> {
    return closeLevel(this.db);
  }
}

/** @returns what became of a store that was not in order */
async function checkSchema(
  { directory, log }: LevelGatewayStoreParts,
  { db, created, repaired }: OpenedLevel,
): Promise<string | undefined> {
  const found = await readSchema(db);
  if (found !== undefined && found > storeSchema) throw new StoreNewer("gateway's store", found, storeSchema);
  if (found === storeSchema) return repaired;
  await writeSchema(db);
  // The schema is the first thing written: where a store is without, what came after it went too.
  if (created || repaired !== undefined) return repaired;
  const report = "the store is not new, but all that was in it is gone";
  log.error({ directory }, report);
  return report;
}
