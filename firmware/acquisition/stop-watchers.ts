import type { StopSignal } from "../../shared/base/stop-signal.ts";

/** Listens to each stop signal once, however many exchanges hang on it, and only as long as one does. */
export class StopWatchers {
  readonly #watched = new Map<StopSignal, { count: number; readonly listener: () => void }>();
  readonly #onStop: (stop: StopSignal) => void;

  /** @param onStop runs once when a watched signal fires */
  constructor(onStop: (stop: StopSignal) => void) {
    this.#onStop = onStop;
  }

  watch(stop: StopSignal): void {
    const known = this.#watched.get(stop);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const listener = (): void => this.#onStop(stop);
    this.#watched.set(stop, { count: 1, listener });
    stop.addEventListener("abort", listener);
  }

  release(stop: StopSignal): void {
    const known = this.#watched.get(stop);
    if (known === undefined || --known.count > 0) return;
    this.#watched.delete(stop);
    stop.removeEventListener("abort", known.listener);
  }
}
