import type { Clock, Disarm } from "../../shared/base/clock.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { PollWatch } from "./poll-watch.ts";

const longest = 250;
const shortest = 10;
/** Staleness is noticed within this share of the time that makes it. */
const share = 1 / 8;

/** One poll, as the sweep sees it. */
export interface SweptPoll {
  readonly poller: { expire(now: Millis): void };
  readonly watch: Pick<PollWatch, "look">;
}

/** Looks at all polls many times a second, beside their runs: lets values grow stale, and has polls begun anew that hang. */
export class PollSweep {
  readonly #clock: Clock;
  readonly #polls: readonly SweptPoll[];
  #interval: Millis;
  #disarm: Disarm;

  /** @param soonest the shortest time after which a value is stale, infinite when there is none */
  constructor(parts: { readonly clock: Clock; readonly polls: readonly SweptPoll[]; readonly soonest: number }) {
    this.#clock = parts.clock;
    this.#polls = parts.polls;
    this.#interval = intervalFor(parts.soonest);
    this.#disarm = this.#polls.length === 0 ? () => {} : this.#arm();
  }

  /** There is a value that is stale after so long: if that is sooner than all others, it is looked more often from now on. */
  hasten(soonest: number): void {
    this.#interval = millis(Math.min(this.#interval, intervalFor(soonest)));
  }

  close(): void {
    this.#disarm();
  }

  #arm(): Disarm {
    return this.#clock.after(this.#interval, () => {
      const now = this.#clock.monotonic();
      for (const { poller, watch } of this.#polls) {
        poller.expire(now);
        watch.look(now);
      }
      this.#disarm = this.#arm();
    });
  }
}

function intervalFor(soonest: number): Millis {
  return millis(Math.min(longest, Math.max(shortest, soonest * share)));
}
