import type { LogEntry, LogFile, LogFs } from "../../firmware/pipeline/log-fs.ts";
import type { Clock, Disarm } from "../../shared/base/clock.ts";
import type { Instant, Millis } from "../../shared/base/units.ts";

const never = new Promise<never>(() => {});

/** One run of a process: when it ends, without warning, its timers never fire and nothing that it asked of the world is answered any more. */
export class Life {
  readonly #stop = new AbortController();

  get alive(): boolean {
    return !this.#stop.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  end(): void {
    this.#stop.abort();
  }

  /** What `work` gives, while the process is there to take it. */
  async ask<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.alive) return never;
    try {
      const result = await work();
      return this.alive ? result : await never;
    } catch (error) {
      if (!this.alive) return never;
      throw error;
    }
  }
}

/** Time as the process sees it while it lives. */
export class LifeClock implements Clock {
  readonly #life: Life;
  readonly #clock: Clock;

  constructor(life: Life, clock: Clock) {
    this.#life = life;
    this.#clock = clock;
  }

  wall(): Instant {
    return this.#clock.wall();
  }

  monotonic(): Millis {
    return this.#clock.monotonic();
  }

  after(delay: Millis, callback: () => void): Disarm {
    if (!this.#life.alive) return () => {};
    const disarm = this.#clock.after(delay, () => {
      this.#life.signal.removeEventListener("abort", disarm);
      callback();
    });
    this.#life.signal.addEventListener("abort", disarm);
    return () => {
      this.#life.signal.removeEventListener("abort", disarm);
      disarm();
    };
  }
}

/** Files as the process sees them while it lives. */
export class LifeFs implements LogFs {
  readonly #life: Life;
  readonly #fs: LogFs;

  constructor(life: Life, fs: LogFs) {
    this.#life = life;
    this.#fs = fs;
  }

  makeDirectory(path: string): Promise<void> {
    return this.#life.ask(() => this.#fs.makeDirectory(path));
  }

  list(path: string): Promise<readonly LogEntry[]> {
    return this.#life.ask(() => this.#fs.list(path));
  }

  async create(path: string): Promise<LogFile> {
    const life = this.#life;
    const file = await life.ask(() => this.#fs.create(path));
    return {
      write: (bytes, position) => life.ask(() => file.write(bytes, position)),
      sync: () => life.ask(() => file.sync()),
      close: () => life.ask(() => file.close()),
    };
  }

  read(path: string, position: number, length: number): Promise<Uint8Array> {
    return this.#life.ask(() => this.#fs.read(path, position, length));
  }

  truncate(path: string, size: number): Promise<void> {
    return this.#life.ask(() => this.#fs.truncate(path, size));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#life.ask(() => this.#fs.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#life.ask(() => this.#fs.remove(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#life.ask(() => this.#fs.syncDirectory(path));
  }

  directories(path: string): Promise<readonly string[]> {
    return this.#life.ask(() => this.#fs.directories(path));
  }

  lock(path: string): Promise<() => Promise<void>> {
    return this.#life.ask(() => this.#fs.lock(path));
  }
}
