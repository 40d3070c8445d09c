/** Runs work a few at a time, in order; what is given up before its turn is not begun. */
export class TakeTurns {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(parts: { readonly most: number }) {
    this.#most = parts.most;
  }

  /** Resolves as `work` does; `undefined` when `stop` fired before its turn. */
  async run<T>(work: () => Promise<T>, stop: AbortSignal): Promise<T | undefined> {
    if (this.#running >= this.#most) await new Promise<void>((turn) => this.#waiting.push(turn));
    else this.#running++;
    try {
      return stop.aborted ? undefined : await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
