import { ReplyTimeout } from "../../shared/acquisition/modbus/modbus-errors.ts";
import type { ExchangeOptions, ModbusLine } from "../../shared/acquisition/ports.ts";
import type { Metric } from "../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../shared/base/units.ts";
import type { FakeClock } from "./fake-clock.ts";

/** What a unit on the line does with a request: answers after a time, or says nothing. */
export type TimedScript = (request: TimedRequest) => { readonly after: number; readonly reply: Uint8Array | readonly number[] } | "silent";

export interface TimedRequest {
  readonly unit: number;
  readonly request: Uint8Array;
  /** Silence on the line before the request, milliseconds. */
  readonly silence: number;
}

interface Waiting {
  readonly unit: number;
  readonly request: Uint8Array;
  readonly options: ExchangeOptions;
  readonly resolve: (reply: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** A serial line in virtual time: one exchange after the other, in the order of asking, urgent ones first. */
export class TimedLine implements ModbusLine {
  readonly id: string;
  readonly up = true;
  script: TimedScript;
  /** Exchanges that had the line, by unit. */
  readonly served = new Map<number, number>();
  readonly #clock: FakeClock;
  #urgent: Waiting[] = [];
  #ordinary: Waiting[] = [];
  #busy = false;
  #lastEnd = Number.NEGATIVE_INFINITY;

  constructor(id: string, clock: FakeClock, script: TimedScript) {
    this.id = id;
    this.#clock = clock;
    this.script = script;
  }

  exchange(unit: number, request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array> {
    if (stop.aborted) return Promise.reject(new Stopped());
    return new Promise((resolve, reject) => {
      const waiting = { unit, request, options, resolve, reject };
      if (options.urgent === true) this.#urgent.push(waiting);
      else this.#ordinary.push(waiting);
      this.#next();
    });
  }

  metrics(): readonly Metric[] {
    return [];
  }

  async close(): Promise<void> {}

  #next(): void {
    if (this.#busy) return;
    const next = this.#urgent.shift() ?? this.#ordinary.shift();
    if (next === undefined) return;
    this.#busy = true;
    const wait = Math.max(0, this.#lastEnd + (next.options.turnaround ?? 0) - this.#clock.monotonic());
    this.#clock.after(millis(wait), () => this.#serve(next));
  }

  #serve({ unit, request, options, resolve, reject }: Waiting): void {
    this.served.set(unit, (this.served.get(unit) ?? 0) + 1);
    const silence = this.#clock.monotonic() - this.#lastEnd;
    const answer = this.script({ unit, request, silence });
    if (answer === "silent" || answer.after > options.timeout)
      this.#end(options.timeout, () => reject(new ReplyTimeout(options.timeout, { line: this.id, unit })));
    else this.#end(millis(answer.after), () => resolve(Uint8Array.from(answer.reply)));
  }

  #end(after: Millis, settle: () => void): void {
    this.#clock.after(after, () => {
      this.#lastEnd = this.#clock.monotonic();
      this.#busy = false;
      settle();
      // Whoever heard the answer may ask again before the next in the queue is taken: on the wire it is the same.
      this.#next();
    });
  }
}

/** The reply of a unit that has every register, each holding its own address. */
export function ownAddresses(request: Uint8Array): readonly number[] {
  const [code = 0, high = 0, low = 0, more = 0, less = 0] = request;
  if (code === 6) return [...request];
  const [address, quantity] = [high * 256 + low, more * 256 + less];
  return [code, quantity * 2, ...Array.from({ length: quantity }, (_, n) => [(address + n) >> 8, (address + n) & 255]).flat()];
}
