import { rtuLimit } from "../../../shared/acquisition/modbus/rtu-frame.ts";
import type { Clock, Disarm } from "../../../shared/base/clock.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";

/** How much longer than the longest frame a line that never falls silent is waited for, milliseconds. */
const babbleSlack = 100;

export interface LineSilenceParts {
  /** What one character takes. */
  readonly character: Millis;
  /** t3.5. */
  readonly interval: Millis;
  readonly clock: Clock;
}

/** Knows since when a half-duplex line is silent, and tells when it has been so for long enough. Modbus over Serial Line V1.02 §2.5.1.1. */
export class LineSilence {
  readonly #parts: LineSilenceParts;
  /** Since when the line is silent, or will be once what is sent has gone out. */
  #since = millis(0);
  /** Since when somebody wants to send and does not find it silent. */
  #wantedSince: Millis | undefined;
  #disarmWanted: Disarm | undefined;
  #disarmEnd: Disarm | undefined;

  constructor(parts: LineSilenceParts) {
    this.#parts = parts;
  }

  /** When the last byte was on the line. */
  get since(): Millis {
    return this.#since;
  }

  /** True while `reached` has promised to run something. */
  get awaited(): boolean {
    return this.#disarmWanted !== undefined;
  }

  /** Bytes came. */
  broken(): void {
    this.#since = millis(Math.max(this.#since, this.#parts.clock.monotonic()));
  }

  /** The line is used from now until then. */
  takenUntil(time: Millis): void {
    this.#since = time;
    this.#wantedSince = undefined;
  }

  /** Nobody wants to send. */
  unwanted(): void {
    this.#wantedSince = undefined;
  }

  /**
   * True when the line has been silent for t3.5 and `extra`, or when it has not been for so long that it never will; else `then` runs when it is
   * time to ask again.
   */
  reached(extra: Millis, then: () => void): boolean {
    const { interval, character, clock } = this.#parts;
    const now = clock.monotonic();
    this.#wantedSince ??= now;
    const left = this.#since + interval + extra - now;
    if (left <= 0 || now - this.#wantedSince > rtuLimit * character + interval + extra + babbleSlack) return true;
    this.#disarmWanted = clock.after(millis(left), () => {
      this.#disarmWanted = undefined;
      then();
    });
    return false;
  }

  /** Runs `then` when the line has been silent for t3.5. Asking again before that does nothing. */
  atEnd(then: () => void): void {
    if (this.#disarmEnd !== undefined) return;
    const { interval, clock } = this.#parts;
    this.#disarmEnd = clock.after(millis(Math.max(0, this.#since + interval - clock.monotonic())), () => {
      // Bytes that came while this process was busy are told before that.
      const turn = setImmediate(() => {
        this.#disarmEnd = undefined;
        if (this.#since + interval > clock.monotonic()) this.atEnd(then);
        else then();
      });
      this.#disarmEnd = () => clearImmediate(turn);
    });
  }

  /** Forgets what was promised. */
  disarm(): void {
    this.#disarmWanted?.();
    this.#disarmWanted = undefined;
    this.#disarmEnd?.();
    this.#disarmEnd = undefined;
    this.#wantedSince = undefined;
  }
}
