import type { StopSignal } from "../../../shared/base/stop-signal.ts";

/** Listens to each stop signal once, however many exchanges hang on it, and no longer than one does; one signal may be kept until `sweep()`. */
export class StopWatchers {
  readonly #watched = new Map<StopSignal, { count: number; readonly listener: () => void }>();
  readonly #onStop: (stop: StopSignal) => void;
  /** Still listened to, though nothing hangs on it: the next exchange mostly comes with the same signal, and listening anew is dear. */
  #spare: StopSignal | undefined;

  /** @param onStop runs when a watched signal fires */
  constructor(onStop: (stop: StopSignal) => void) {
    this.#onStop = onStop;
  }

  watch(stop: StopSignal): void {
    const known = this.#watched.get(stop);
    if (known !== undefined) {
      known.count++;
      if (stop === this.#spare) this.#spare = undefined;
      return;
    }
    this.sweep();
    const listener = (): void => this.#onStop(stop);
    this.#watched.set(stop, { count: 1, listener });
    stop.addEventListener("abort", listener);
  }

  release(stop: StopSignal): void {
    const known = this.#watched.get(stop);
    if (known === undefined || --known.count > 0) return;
    this.sweep();
    this.#spare = stop;
  }

  /** Lets go of the signal on which nothing hangs any more. */
  sweep(): void {
    if (this.#spare === undefined) return;
    const known = this.#watched.get(this.#spare);
    if (known !== undefined) this.#spare.removeEventListener("abort", known.listener);
    this.#watched.delete(this.#spare);
    this.#spare = undefined;
  }
}
