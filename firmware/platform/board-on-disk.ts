import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { isDiskFull } from "../../shared/base/level/disk-full.ts";
import type { Log } from "../../shared/base/log.ts";
import { millis } from "../../shared/base/units.ts";
import { DiskReserve } from "./disk-reserve.ts";

/** A running board. */
export interface Board {
  /** Where the broker listens, as URLs. */
  readonly addresses: readonly string[];
  /** Base URL of `/health` and `/metrics`. */
  readonly health: string;
  /** Reads the accounts of the broker again; a file that is not in order changes nothing, and the log says why. */
  reload(): Promise<void>;
  /** Closes everything in reverse order of opening; what is pending is on disk when it resolves. */
  close(): Promise<void>;
}

export interface BoardOnDiskParts {
  /** Directory of all stores. */
  readonly directory: string;
  /** Builds and starts the board. @param refusal build it without its stores, and say that this is why */
  readonly compose: (refusal?: Error) => Promise<Board>;
  /** Told when the board serves, also when it has begun anew: its addresses may be others. */
  readonly onServing?: ((board: Pick<Board, "addresses" | "health">) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often it is looked whether there is room again. */
const lookEvery = millis(5000);

/**
 * A board that starts on a full disk too: first by giving up the room that is kept for that, and where this does not do, without its stores. Then it polls,
 * serves and answers, but keeps nothing, refuses what must be kept, and says so in `/health`; once there is room it begins anew with its stores.
 */
export class BoardOnDisk implements Board {
  readonly #parts: BoardOnDiskParts;
  readonly #reserve: DiskReserve;
  #board: Board | undefined;
  #storeless = false;
  #disarm: Disarm = () => {};
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(parts: BoardOnDiskParts) {
    this.#parts = parts;
    this.#reserve = new DiskReserve(parts);
  }

  /** @throws what `compose` throws of anything but a full disk */
  static async open(parts: BoardOnDiskParts): Promise<BoardOnDisk> {
    const board = new BoardOnDisk(parts);
    await board.#start();
    await parts.onServing?.(board);
    board.#arm();
    return board;
  }

  get addresses(): readonly string[] {
    return this.#board?.addresses ?? [];
  }

  get health(): string {
    return this.#board?.health ?? "";
  }

  async reload(): Promise<void> {
    await this.#board?.reload();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm();
    await this.#looking;
    await this.#board?.close();
    this.#board = undefined;
  }

  async #start(): Promise<void> {
    const { compose, directory, log } = this.#parts;
    this.#storeless = false;
    try {
      this.#board = await compose();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#board = await this.#startOnReserve();
      if (this.#board !== undefined) return;
      this.#storeless = true;
      log.error({ directory, err: error }, "no room to open the stores: the board works without them, keeps nothing, and waits for room");
      this.#board = await compose(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #startOnReserve(): Promise<Board | undefined> {
    const { compose, directory, log } = this.#parts;
    const had = await this.#reserve.giveUp();
    if (had === 0) return undefined;
    log.warn({ directory, bytes: had }, "the disk is full: the room that was kept for it is used to start");
    try {
      return await compose();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return undefined;
    } finally {
      await this.#reserve.takeBack(had);
    }
  }

  #arm(): void {
    if (this.#closed) return;
    this.#disarm = this.#parts.clock.after(lookEvery, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    if (this.#storeless) {
      if (await this.#reserve.hasRoom()) await this.#beginAnew();
    } else if (await this.#reserve.fill()) return;
    this.#arm();
  }

  /** What fails here leaves no board: the process ends as after any fault that nobody foresaw, and is started again. */
  async #beginAnew(): Promise<void> {
    if (this.#closed) return;
    const { directory, log } = this.#parts;
    log.warn({ directory }, "there is room again: the board begins anew with its stores");
    await this.#board?.close();
    this.#board = undefined;
    await this.#start();
    await this.#parts.onServing?.(this);
  }
}
