import type { Clock } from "../../shared/base/clock.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import type { Millis } from "../../shared/base/units.ts";

/** What is assumed of the flash memory: nothing but its data sheet tells. */
export interface FlashAssumptions {
  /** Of the whole memory, since its controller spreads the wear over all of it. */
  readonly capacityBytes: number;
  /** Program and erase cycles that each cell bears. */
  readonly cycles: number;
  /** The file system writes whole blocks. */
  readonly blockBytes: number;
  /** Blocks that each sync costs besides the data: the file system's own journal. */
  readonly blocksPerSync: number;
  /** The least that the memory programs for one sync; a cheap card rewrites 128 KiB. */
  readonly leastPerSync: number;
}

/** A card of 16 GB, 3,000 cycles, ext4: data in blocks of 4 KiB, and for each sync a descriptor, an inode and a commit block in its journal. */
export const flashDefaults: FlashAssumptions = {
  capacityBytes: 16e9,
  cycles: 3000,
  blockBytes: 4096,
  blocksPerSync: 3,
  leastPerSync: 4096,
};

const day = 86_400_000;

export interface FlashWearParts extends Partial<FlashAssumptions> {
  readonly clock: Pick<Clock, "monotonic">;
}

/** Counts what is written to flash memory and estimates how long it will last at that rate: capacity × cycles ÷ bytes programmed a day. */
export class FlashWear implements MetricSource {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #assumed: FlashAssumptions;
  readonly #since: Millis;
  #written = 0;
  #syncs = 0;
  #programmed = 0;

  constructor({ clock, ...assumed }: FlashWearParts) {
    this.#clock = clock;
    this.#assumed = { ...flashDefaults, ...assumed };
    this.#since = clock.monotonic();
  }

  /** Bytes that were handed to the disk. */
  get bytesWritten(): number {
    return this.#written;
  }

  get syncs(): number {
    return this.#syncs;
  }

  /** Bytes that the memory is assumed to have programmed for them. */
  get bytesProgrammed(): number {
    return this.#programmed;
  }

  wrote(bytes: number): void {
    this.#written += bytes;
  }

  /** The bytes `[start, end)` of a file were brought to disk. Nothing but a file's name or length: leave both out. */
  synced(start = 0, end = 0): void {
    const { blockBytes, blocksPerSync, leastPerSync } = this.#assumed;
    const blocks = end > start ? Math.ceil(end / blockBytes) - Math.floor(start / blockBytes) : 0;
    this.#syncs += 1;
    this.#programmed += Math.max((blocks + blocksPerSync) * blockBytes, leastPerSync);
  }

  /** Days that the memory lasts at the rate measured so far; infinite while nothing was written. */
  lifeDays(): number {
    const { capacityBytes, cycles } = this.#assumed;
    return (capacityBytes * cycles) / ((this.#programmed * day) / Math.max(1, this.#clock.monotonic() - this.#since));
  }

  metrics(): readonly Metric[] {
    return [
      one("penstock_flash_written_bytes_total", "counter", "Bytes that the journal handed to the disk.", this.#written),
      one("penstock_flash_syncs_total", "counter", "Times that the journal had the disk write what it holds.", this.#syncs),
      one(
        "penstock_flash_programmed_bytes_total",
        "counter",
        "Bytes that the flash memory is assumed to have programmed for the journal: whole blocks, and the file system's own.",
        this.#programmed,
      ),
      one(
        "penstock_flash_life_days",
        "gauge",
        "Days that the flash memory is estimated to last at the journal's rate since the start: capacity × cycles ÷ bytes programmed a day.",
        this.lifeDays(),
      ),
    ];
  }
}

function one(name: string, type: "counter" | "gauge", help: string, value: number): Metric {
  return { name, help, type, values: [{ labels: {}, value }] };
}
