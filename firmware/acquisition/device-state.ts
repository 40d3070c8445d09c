import type { PolledDevice } from "../../shared/acquisition/resolve-device.ts";
import type { Clock } from "../../shared/base/clock.ts";
import type { Instant, Millis } from "../../shared/base/units.ts";

export interface DeviceStateParts {
  readonly device: PolledDevice;
  readonly clock: Clock;
  /** Called when the device comes or goes. */
  readonly onChange: (state: DeviceState) => void;
}

/** The newest failure of a device, with its place: metrics name no addresses, since each would be a series of its own. */
export interface LastError {
  readonly at: Instant;
  readonly code: string;
  readonly reason: string;
  readonly function?: number;
  readonly address?: number;
}

/** Where on the device something failed. */
export interface RequestPlace {
  readonly function: number;
  readonly address: number;
}

/** Whether one unit answers, and what became of its exchanges. */
export class DeviceState {
  readonly device: PolledDevice;
  readonly #clock: Clock;
  readonly #onChange: (state: DeviceState) => void;
  #online = false;
  #asked = true;
  #since: Instant;
  #reason = "not asked yet";
  #answered: Millis;
  #lastError: LastError | undefined;
  polls = 0;
  reads = 0;
  requestsSaved = 0;
  /** Exchanges without a usable answer by error code, with the function where there is one: `EDGE_MODBUS_TIMEOUT/3`. */
  readonly misses = new Map<string, number>();
  /** Exception replies by function and exception code, `3/2`. */
  readonly exceptions = new Map<string, number>();

  constructor(parts: DeviceStateParts) {
    this.device = parts.device;
    this.#clock = parts.clock;
    this.#onChange = parts.onChange;
    this.#since = parts.clock.wall();
    this.#answered = parts.clock.monotonic();
  }

  get online(): boolean {
    return this.#online;
  }

  /** When the device came, or went. */
  get since(): Instant {
    return this.#since;
  }

  /** Why it is not online. */
  get reason(): string {
    return this.#reason;
  }

  /** Monotonic time of the last answer, or of the start. */
  get answeredAt(): Millis {
    return this.#answered;
  }

  /** What went wrong last, and when; `undefined` when nothing did. */
  get lastError(): LastError | undefined {
    return this.#lastError;
  }

  /** The unit answered, with a value or an exception of its own. */
  answered(): void {
    this.#answered = this.#clock.monotonic();
    if (this.#online) return;
    this.#online = true;
    this.#since = this.#clock.wall();
    this.#onChange(this);
  }

  /** No usable answer. @param place for Modbus: function and first address that were asked for */
  missed(cause: string, reason: string, place?: RequestPlace): void {
    const key = place === undefined ? cause : `${cause}/${place.function}`;
    this.misses.set(key, (this.misses.get(key) ?? 0) + 1);
    this.#reason = reason;
    this.failed(cause, reason, place);
  }

  /** Keeps what went wrong, for whoever asks. */
  failed(code: string, reason: string, place?: RequestPlace): void {
    this.#lastError = { at: this.#clock.wall(), code, reason, ...place };
  }

  refused(functionCode: number, exception: number): void {
    const key = `${functionCode}/${exception}`;
    this.exceptions.set(key, (this.exceptions.get(key) ?? 0) + 1);
  }

  /** False: it is switched off, and that it is not online is as wanted. */
  get asked(): boolean {
    return this.#asked;
  }

  /** It is asked no more, or again: until it answers, it is not online for this reason. */
  setAside(reason: string, asked: boolean): void {
    this.#asked = asked;
    this.#online = false;
    this.#since = this.#clock.wall();
    this.#reason = reason;
    this.#onChange(this);
  }

  /** It has been silent for too long. */
  lost(): void {
    if (!this.#online) return;
    this.#online = false;
    this.#since = this.#clock.wall();
    this.#onChange(this);
  }
}
