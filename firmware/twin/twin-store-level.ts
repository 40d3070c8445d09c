import type { Recovery } from "../platform/level/open-level.ts";
import { BatchedTwinStore, type TwinStoreParts } from "./batched-twin-store.ts";
import { TwinDisk } from "./twin-disk.ts";

export interface LevelTwinStoreParts extends TwinStoreParts {
  /** Where the store lies; made when missing. */
  readonly directory: string;
}

/** Twins in LevelDB: sublevel `twin`, one record a feature. */
export class LevelTwinStore extends BatchedTwinStore {
  readonly #disk: TwinDisk;

  private constructor(parts: LevelTwinStoreParts, disk: TwinDisk) {
    super(parts, disk, disk.features, disk.quarantined);
    this.#disk = disk;
  }

  /**
   * Opens the store and reads all of it. A damaged one is mended as far as possible; `recovery` says so, and so does the log.
   * @throws {StoreLocked} {StoreUnwritable} {StoreNewer}
   */
  static async open(parts: LevelTwinStoreParts): Promise<LevelTwinStore> {
    return new LevelTwinStore(parts, await TwinDisk.open(parts));
  }

  /** How the store was found. Anything but `clean` calls for an alarm. */
  get recovery(): Recovery {
    return this.#disk.recovery;
  }

  /** Writes a few bytes behind all writes under way, and resolves when they are on disk: shows that the disk answers. Rejects when it refuses. */
  probe(): Promise<void> {
    return this.#disk.probe();
  }
}
