import type { Clock } from "../../shared/base/clock.ts";
import type { StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import { NotAlive } from "./liveness-errors.ts";
import type { LivenessCheck } from "./liveness-probe.ts";

/** A store whose disk may stop to answer. Times are monotonic. */
export interface ProbedStore {
  /** When the write that is under way began; `undefined`: none is. */
  readonly writingSince: Millis | undefined;
  /** When the disk last took or refused a write; `undefined`: it was not asked. */
  readonly answeredAt: Millis | undefined;
  /** Writes a few bytes; resolves when they are on disk. */
  probe(): Promise<void>;
}

export interface StoreCheckParts {
  readonly store: ProbedStore;
  readonly clock: Clock;
  /** How long a write may be under way; default 10 s. */
  readonly patience?: Millis;
  /** A store that nobody else writes to is written to this often, and not oftener for the sake of the flash: a page each time, and what the file system adds; default 240 s. */
  readonly interval?: Millis;
}

const usualPatience = millis(10_000);
const usualInterval = millis(240_000);

/**
 * Looks whether the disk under a store answers. Writes of the board itself are the proof while there are any; only where there are none does the check
 * write. A disk that refuses (it is full, say) has answered: to start the board anew would not help, and health tells of it.
 */
export class StoreCheck implements LivenessCheck {
  readonly name = "store";
  readonly #clock: Clock;
  readonly #store: ProbedStore;
  readonly #patience: Millis;
  readonly #interval: Millis;
  #probed: Millis | undefined;

  constructor({ clock, interval = usualInterval, patience = usualPatience, store }: StoreCheckParts) {
    this.#clock = clock;
    this.#store = store;
    this.#patience = patience;
    this.#interval = interval;
  }

  async run(_stop: StopSignal): Promise<void> {
    const { answeredAt, writingSince } = this.#store;
    const now = this.#clock.monotonic();
    if (writingSince !== undefined && now - writingSince > this.#patience)
      throw new NotAlive(this.name, `a write has been under way for ${Math.round((now - writingSince) / 1000)} s`);
    const last = Math.max(answeredAt ?? Number.NEGATIVE_INFINITY, this.#probed ?? Number.NEGATIVE_INFINITY);
    if (now - last < this.#interval) return;
    await this.#store.probe().catch(() => undefined);
    this.#probed = this.#clock.monotonic();
  }
}
