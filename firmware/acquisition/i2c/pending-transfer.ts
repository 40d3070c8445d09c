import type { I2cPlace } from "../../../shared/acquisition/i2c/i2c-errors.ts";
import { Stopped, type StopSignal } from "../../../shared/base/stop-signal.ts";
import type { I2cAbilities, I2cHandle } from "./i2c-handle.ts";

/** One transfer that is wanted. */
export interface TransferRequest {
  readonly address: number;
  /** What the adapter has to be able to do, and its name for people. */
  readonly needs: keyof I2cAbilities;
  readonly name: string;
  /** Bytes that are read; nothing for writes. */
  readonly work: (handle: I2cHandle) => Promise<unknown>;
}

const nothing = new Uint8Array(0);

/** A transfer from asking to its end: ends once, by its result, an error or its stop signal. */
export class PendingTransfer {
  readonly request: TransferRequest;
  readonly place: I2cPlace;
  readonly result: Promise<Uint8Array>;
  readonly #stop: StopSignal;
  readonly #onStop: () => void;
  #open = true;
  #resolve: (bytes: Uint8Array) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  /** @param onStopped called when the stop signal ended it */
  constructor(bus: string, request: TransferRequest, stop: StopSignal, onStopped: (transfer: PendingTransfer) => void) {
    this.request = request;
    this.place = { bus, address: request.address };
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#stop = stop;
    this.#onStop = () => {
      this.fail(new Stopped());
      onStopped(this);
    };
    stop.addEventListener("abort", this.#onStop);
  }

  /** False once it has ended for whoever asked; the kernel may still be at it. */
  get open(): boolean {
    return this.#open;
  }

  succeed(bytes: unknown): void {
    if (this.#end()) this.#resolve(bytes instanceof Uint8Array ? bytes : nothing);
  }

  fail(error: Error): void {
    if (this.#end()) this.#reject(error);
  }

  #end(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#stop.removeEventListener("abort", this.#onStop);
    return true;
  }
}
