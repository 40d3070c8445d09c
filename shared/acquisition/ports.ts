import type { MetricSource } from "../base/metric.ts";
import type { StopSignal } from "../base/stop-signal.ts";
import type { Millis } from "../base/units.ts";
import type { UnitFacts } from "./learning/unit-facts.ts";
import type { PointValue, Sample } from "./sample.ts";
import type { Schedule } from "./tasks/schedule.ts";

/** How one exchange is to be treated. */
export interface ExchangeOptions {
  /** From sending to the whole answer; on a serial line from the last byte sent, and the time that the answer's own bytes take comes on top. */
  readonly timeout: Millis;
  /** Silence on the line before the request, besides what the protocol demands; default none. Means nothing where there is no serial line. */
  readonly turnaround?: Millis;
  /** Goes ahead of everything that waits and is not urgent: writes. */
  readonly urgent?: boolean;
}

/** A way to Modbus units: one TCP connection, one serial line or a simulator. Reconnects by itself for ever. */
export interface ModbusLine extends MetricSource {
  readonly id: string;
  /**
   * Sends one request PDU to a unit and gives back the whole reply PDU, exception replies included.
   * @throws {LineDown} no connection · {ReplyTimeout} · {ReplyMalformed} · {LineBusy} its bounded queue is full · {Stopped}
   */
  exchange(unit: number, request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array>;
  /** True while a connection stands. */
  readonly up: boolean;
  close(): Promise<void>;
}

/**
 * An I2C bus. Transfers of one bus run one after the other; whoever needs several to belong together sees to it that nobody else speaks to
 * the same address meanwhile. All methods throw {BusNoAnswer} nobody acknowledged · {TransferFailed} · {BusStuck} · {BusDown} ·
 * {BusUnable} the adapter does not know such transfers · {BusBusy} its bounded queue is full · {Stopped}.
 */
export interface I2cBus extends MetricSource {
  readonly id: string;
  /** Reads `length` (1 to 32) bytes that begin at `register`: register byte, repeated start, bytes. SMBus 2.0 block size, I2C block protocol. */
  readBlock(address: number, register: number, length: number, stop: StopSignal): Promise<Uint8Array>;
  /** Writes 1 to 32 bytes from `register` on. */
  writeBlock(address: number, register: number, bytes: Uint8Array, stop: StopSignal): Promise<void>;
  /** Reads `length` bytes without naming a register: for chips with commands of their own. */
  read(address: number, length: number, stop: StopSignal): Promise<Uint8Array>;
  /** Writes bytes as they are: for chips with commands of their own. */
  write(address: number, bytes: Uint8Array, stop: StopSignal): Promise<void>;
  /** False while the bus cannot be opened or is stuck. */
  readonly up: boolean;
  close(): Promise<void>;
}

/** What was found out about units, kept across restarts. Neither method waits or throws: what cannot be kept is found out again. */
export interface LearnedFacts {
  get(thing: string): UnitFacts | undefined;
  put(thing: string, facts: UnitFacts): void;
}

/** What was found out about lines, kept over restarts as {@link LearnedFacts} are. */
export interface LearnedLines {
  /** Transactions that the line's device bears at once; `undefined`: not known. */
  inFlight(line: string): number | undefined;
  putInFlight(line: string, inFlight: number): void;
}

/** Where samples go. Must not throw and must not wait: a full sink drops by its own policy and counts. */
export interface SampleSink {
  accept(samples: readonly Sample[]): void;
}

/** What one write came to. */
export interface WriteResult {
  readonly outcome: "written" | "refused" | "failed";
  /** The code of the error for `refused` and `failed`. */
  readonly code?: string;
  /** One sentence for people. */
  readonly reason?: string;
  /** What the point held before, as last polled, and what read-back found after. */
  readonly before: PointValue | null;
  readonly after: PointValue | null;
}

/** What may be done to one point, and how a desired value of it is pursued. */
export interface WritePolicy {
  /** How long a desired value may wait for a device that does not answer. */
  readonly expiry: Millis;
  /** Write again whenever the device drifts from the desired value. */
  readonly hold: boolean;
  /** Why `value` would be refused now, or `undefined`; uses up nothing of the rate. */
  refusal(value: PointValue): { readonly code: string; readonly reason: string } | undefined;
  /** True when the device cannot tell the two values apart: they are the same bits on the wire. */
  same(a: PointValue, b: PointValue): boolean;
}

/** Writes points through their allow-list, ahead of polls. */
export interface Actuator {
  /** The policy of a point, or `undefined` when there is no such point or nothing may be written to it. */
  policy(thing: string, feature: string): WritePolicy | undefined;
  /** @param who the principal that asked, for the audit log. Never rejects but with {Stopped}: refusals and failures are results. */
  write(thing: string, feature: string, value: PointValue, who: string, stop: StopSignal): Promise<WriteResult>;
}

/** One piece of recurring work. */
export interface Task {
  /** Unique; names the task in metrics. */
  readonly name: string;
  readonly schedule: Schedule;
  /** 0 goes first. */
  readonly priority: number;
  /** A run that takes longer is counted. */
  readonly deadline: Millis;
  /** One run. Rejections are counted and logged by the runner; the task stays scheduled. */
  run(stop: StopSignal): Promise<void>;
}

/** Runs tasks when they are due; one run of a task at a time, a due time met while it still runs is skipped and counted. */
export interface TaskRunner extends MetricSource {
  add(task: Task): void;
  remove(name: string): void;
  /** Stops all runs and waits for them. */
  close(): Promise<void>;
}
