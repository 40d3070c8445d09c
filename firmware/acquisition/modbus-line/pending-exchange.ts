import type { ModbusPlace } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { readWord } from "../../../shared/acquisition/modbus/wire-word.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { never } from "./deadline-timer.ts";

/** One request on its way through a line, from the caller's hand to the answer in it. */
export class PendingExchange {
  readonly unit: number;
  /** The request PDU. */
  readonly request: Uint8Array;
  readonly timeout: Millis;
  /** Silence wanted before it, besides what the protocol demands: serial lines only. */
  readonly turnaround: Millis | undefined;
  readonly urgent: boolean;
  readonly stop: StopSignal;
  /** When it is given up, by the monotonic clock. Counts from sending; while a connection is being made, from being asked. */
  deadline = never;
  sentAt = millis(0);
  /** How many were under way, this one included, when it was sent. */
  company = 1;
  /** False once the caller has its answer: what comes after that goes to nobody. */
  open = true;
  readonly #resolve: (reply: Uint8Array) => void;
  readonly #reject: (error: Error) => void;

  constructor(parts: {
    readonly unit: number;
    readonly request: Uint8Array;
    readonly timeout: Millis;
    readonly turnaround?: Millis | undefined;
    readonly urgent: boolean;
    readonly stop: StopSignal;
    readonly resolve: (reply: Uint8Array) => void;
    readonly reject: (error: Error) => void;
  }) {
    this.unit = parts.unit;
    this.request = parts.request;
    this.timeout = parts.timeout;
    this.turnaround = parts.turnaround;
    this.urgent = parts.urgent;
    this.stop = parts.stop;
    this.#resolve = parts.resolve;
    this.#reject = parts.reject;
  }

  /** The function code asked for. */
  get function(): number {
    return this.request[0] ?? 0;
  }

  /** What an error of it names. @param line id of the line */
  place(line: string): ModbusPlace {
    const address = this.request.length >= 5 ? readWord(this.request, 1) : undefined;
    return { line, unit: this.unit, function: this.function, address };
  }

  /** Hands the reply PDU to the caller. */
  succeed(reply: Uint8Array): void {
    this.open = false;
    this.#resolve(reply);
  }

  fail(error: Error): void {
    this.open = false;
    this.#reject(error);
  }
}
