import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import type { Millis } from "../../shared/base/units.ts";

/** A poll as its watch sees it. */
export interface WatchedPoll {
  run(stop: StopSignal): Promise<void>;
  /** Begins anew, after something nobody foresaw. */
  reset(): void;
  /** Monotonic time of a run that should come before its turn; infinite: none. */
  readonly againAt: number;
}

export interface PollWatchParts {
  readonly poll: WatchedPoll;
  /** A run that takes longer hangs. Asked when needed: it depends on all that shares the line. */
  readonly bound: () => Millis;
  /** A poll that has not been run for so long was forgotten; `undefined`: its schedule cannot tell. */
  readonly forgotten: Millis | undefined;
  /** Puts a forgotten poll back into its schedule. */
  readonly schedule: () => void;
  /** What a log names. */
  readonly place: object;
  readonly clock: Clock;
  readonly log: Log;
}

interface Run {
  readonly since: Millis;
  readonly end: () => void;
}

/** Sees to it that a poll goes on whatever happens: a run that throws or hangs is given up and counted, and the next one finds a fresh poll. */
export class PollWatch {
  readonly #parts: PollWatchParts;
  #control = new AbortController();
  #outer: StopSignal | undefined;
  #run: Run | undefined;
  #lastBegun: Millis;
  #lastEnded: Millis;
  #closed = false;
  restarts = 0;

  constructor(parts: PollWatchParts) {
    this.#parts = parts;
    this.#lastBegun = parts.clock.monotonic();
    this.#lastEnded = this.#lastBegun;
  }

  /** Time since a run ended. */
  idle(now: Millis): number {
    return now - this.#lastEnded;
  }

  /** Runs the poll, unless it is running. Never rejects. */
  run(stop: StopSignal): Promise<void> {
    if (this.#outer !== stop) {
      this.#outer = stop;
      stop.addEventListener("abort", () => this.#control.abort());
    }
    return stop.aborted ? Promise.resolve() : this.start();
  }

  /** Runs the poll now, out of its turn. */
  start(): Promise<void> {
    if (this.#run !== undefined || this.#closed) return Promise.resolve();
    const { clock, poll } = this.#parts;
    const since = clock.monotonic();
    this.#lastBegun = since;
    return new Promise((resolve) => {
      const run: Run = { since, end: resolve };
      this.#run = run;
      attempt(poll, this.#control.signal).then(
        () => this.#end(run),
        (error: unknown) => this.#fail(run, error),
      );
    });
  }

  /** Looks whether all is well. Called often; costs next to nothing. */
  look(now: Millis): void {
    if (this.#closed) return;
    const { bound, forgotten, schedule, poll } = this.#parts;
    const run = this.#run;
    if (run !== undefined) {
      if (now - run.since > bound()) {
        this.#control.abort();
        this.#control = new AbortController();
        this.#restart({ running: now - run.since }, "a poll hung: it was given up and goes on afresh");
        this.#end(run);
      }
      return;
    }
    if (poll.againAt <= now) void this.start();
    else if (forgotten !== undefined && now - this.#lastBegun > forgotten) {
      this.#restart({ idle: now - this.#lastBegun }, "a poll was not run any more: it was scheduled anew");
      this.#lastBegun = now;
      schedule();
    }
  }

  /** Ends a run under way and begins no other. */
  close(): void {
    this.#closed = true;
    this.#control.abort();
  }

  #end(run: Run): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#lastEnded = this.#parts.clock.monotonic();
    run.end();
  }

  #fail(run: Run, error: unknown): void {
    // What a run that was given up comes to is of no interest.
    if (this.#run !== run) return;
    if (!(error instanceof Stopped)) this.#restart(codeAndReason(error), "a poll ended in an unforeseen way: it goes on afresh");
    this.#end(run);
  }

  #restart(fields: object, message: string): void {
    const { log, place, poll } = this.#parts;
    this.restarts += 1;
    log.error({ ...place, ...fields }, message);
    poll.reset();
  }
}

/** Also what `run` throws before its first wait ends as a rejection. */
async function attempt(poll: WatchedPoll, stop: StopSignal): Promise<void> {
  await poll.run(stop);
}
