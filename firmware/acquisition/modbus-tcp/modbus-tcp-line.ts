import { FrameInvalid, LineBusy, LineDown, ReplyMalformed, ReplyTimeout } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { exceptionFlag } from "../../../shared/acquisition/modbus/modbus-function.ts";
import type { ExchangeOptions, ModbusLine } from "../../../shared/acquisition/ports.ts";
import type { BackoffRange } from "../../../shared/base/backoff.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { DeadlineTimer, never } from "../modbus-line/deadline-timer.ts";
import { LineCounters, lineMetrics } from "../modbus-line/line-counters.ts";
import { LineLink } from "../modbus-line/line-link.ts";
import { PendingExchange } from "../modbus-line/pending-exchange.ts";
import { RequestQueue } from "../modbus-line/request-queue.ts";
import { SilenceWatch } from "../modbus-line/silence-watch.ts";
import { StopWatchers } from "../modbus-line/stop-watchers.ts";
import { unfitRequest } from "../modbus-line/unfit-request.ts";
import { ModbusTcpConnection, type OutgoingFrame } from "./modbus-tcp-connection.ts";
import { TransactionTable } from "./transaction-table.ts";
import { largestWindow, WindowLearner } from "./window-learner.ts";

export interface ModbusTcpLineParts {
  /** Id of the line: names it in metrics, errors and logs. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Transactions under way at once, 1 to 16, or `learn` to find out what the device bears. */
  readonly inFlight: number | "learn";
  /** What an earlier run found out, and who keeps what this one does. */
  readonly learnedInFlight?: number | undefined;
  readonly onInFlight?: (inFlight: number) => void;
  readonly connectTimeout: Millis;
  /** How many requests may wait, urgent ones and the others each; default 1,000. */
  readonly queueBound?: number;
  /** How long to wait between dials; default 1 to 60 s. */
  readonly reconnect?: BackoffRange;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/**
 * A Modbus TCP client on one connection, with several transactions under way where the device allows it; dials again for ever.
 * A reply goes to the request with its transaction id, unit and function, or to nobody.
 * @see Modbus Messaging on TCP/IP Implementation Guide V1.0b
 */
export class ModbusTcpLine implements ModbusLine, AsyncDisposable {
  readonly id: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #link: LineLink<ModbusTcpConnection>;
  readonly #fixedWindow: number;
  readonly #learner: WindowLearner | undefined;
  readonly #counters = new LineCounters();
  readonly #queue: RequestQueue<PendingExchange>;
  readonly #table = new TransactionTable();
  readonly #silence = new SilenceWatch();
  readonly #stops = new StopWatchers((stop) => this.#stopped(stop));
  readonly #deadlines: DeadlineTimer;
  /** Begun, and to be written with the next flush. */
  #outgoing: OutgoingFrame[] = [];
  #flushPlanned = false;
  /** Replies that the read under way, or else the last one, brought; and when. */
  #repliesOfRead = 0;
  #readAt: Millis | undefined;
  #toldForeign = false;

  private constructor(parts: ModbusTcpLineParts) {
    this.id = parts.id;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#fixedWindow = parts.inFlight === "learn" ? largestWindow : parts.inFlight;
    this.#learner = parts.inFlight === "learn" ? new WindowLearner(parts.learnedInFlight, parts.onInFlight) : undefined;
    this.#queue = new RequestQueue(parts.queueBound ?? 1000);
    this.#deadlines = new DeadlineTimer(parts.clock, (now) => this.#due(now));
    const { id, host, port, connectTimeout, clock } = parts;
    this.#link = new LineLink({
      ...parts,
      place: { host, port },
      reconnect: parts.reconnect ?? { initial: millis(1000), max: millis(60_000) },
      dial: (events) =>
        new ModbusTcpConnection({
          line: id,
          host,
          port,
          connectTimeout,
          inFlight: this.#fixedWindow,
          clock,
          events: {
            ...events,
            frame: (transaction, unit, pdu) => this.#frame(transaction, unit, pdu),
            read: (bytes) => this.#read(bytes),
          },
        }),
      onUp: () => this.#connected(),
      onDown: (reason, redialling) => this.#disconnected(reason, redialling),
    });
  }

  /** Gives the line at once; it connects in the background. */
  static open(parts: ModbusTcpLineParts): ModbusTcpLine {
    return new ModbusTcpLine(parts);
  }

  get up(): boolean {
    return this.#link.up;
  }

  /** How many transactions may be under way: as configured, or as learned. */
  get inFlight(): number {
    return this.#learner?.window ?? this.#fixedWindow;
  }

  /** @throws {RequestInvalid} as a rejection, besides what the port says: a unit or a PDU that no frame can carry */
  exchange(unit: number, request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const exchange = new PendingExchange({
        unit,
        request,
        timeout: options.timeout,
        urgent: options.urgent === true,
        stop,
        resolve,
        reject,
      });
      const refusal = this.#refusal(exchange);
      if (refusal !== undefined) exchange.fail(refusal);
      else this.#admit(exchange);
    });
  }

  metrics(): readonly Metric[] {
    return lineMetrics(this.id, this.#counters, {
      up: this.up,
      reconnects: this.#link.reconnects,
      queued: this.#queue.size,
      underWay: this.#table.size,
      window: this.inFlight,
    });
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refusal(exchange: PendingExchange): Error | undefined {
    const { unit, request } = exchange;
    if (exchange.stop.aborted) return new Stopped();
    const unfit = unfitRequest(this.id, unit, request);
    if (unfit !== undefined) return unfit;
    return this.#link.up || this.#link.mayWait ? undefined : this.#downError(exchange, this.#link.reason);
  }

  #admit(exchange: PendingExchange): void {
    const idle = this.#link.up && this.#queue.size === 0 && this.#table.size < this.inFlight;
    if (!idle && !this.#queue.push(exchange)) {
      this.#counters.overflows++;
      exchange.fail(new LineBusy(this.#queue.bound, exchange.place(this.id)));
      return;
    }
    this.#stops.watch(exchange.stop);
    if (idle) {
      this.#begin(exchange, this.#clock.monotonic());
      this.#planFlush();
    } else if (!this.#link.up) this.#letWait(exchange, this.#clock.monotonic());
  }

  /** Gives a queued exchange its timeout while a connection is being made. */
  #letWait(exchange: PendingExchange, now: Millis): void {
    exchange.deadline = millis(now + exchange.timeout);
    this.#deadlines.cover(exchange.deadline);
  }

  #begin(exchange: PendingExchange, now: Millis): void {
    const id = this.#table.begin(exchange);
    exchange.sentAt = now;
    exchange.company = this.#table.size;
    exchange.deadline = millis(now + exchange.timeout);
    this.#deadlines.cover(exchange.deadline);
    this.#outgoing.push({ id, unit: exchange.unit, pdu: exchange.request });
    this.#counters.requests++;
  }

  /** A request that finds the line idle goes out at once; several that are asked in one turn go out in one write at the turn's end. */
  #planFlush(): void {
    if (this.#flushPlanned) return;
    if (this.#table.size === 1 && this.#repliesOfRead <= 1) {
      this.#flush();
      return;
    }
    this.#flushPlanned = true;
    process.nextTick(() => {
      this.#flushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#outgoing.length === 0) return;
    this.#counters.sent += this.#link.connection?.send(this.#outgoing) ?? 0;
    this.#outgoing = [];
  }

  /** Sends what waits, as far as the window allows. */
  #pump(): void {
    if (!this.#link.up || this.#queue.size === 0) return;
    const now = this.#clock.monotonic();
    while (this.#table.size < this.inFlight) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#begin(next, now);
    }
    this.#flush();
  }

  #connected(): void {
    this.#toldForeign = false;
    this.#repliesOfRead = 0;
    this.#silence.restart();
    this.#pump();
  }

  #disconnected(reason: Error, redialling: boolean): void {
    const now = this.#clock.monotonic();
    this.#outgoing = [];
    this.#deadlines.disarm();
    const underWay = this.#table.clear();
    const [oldest] = underWay;
    if (underWay.length > 1 && oldest !== undefined && !redialling) this.#learner?.trouble(oldest.sentAt, now);
    if (reason instanceof FrameInvalid) this.#counters.malformed++;
    for (const exchange of underWay) {
      this.#fail(
        exchange,
        reason instanceof FrameInvalid ? new ReplyMalformed(reason.message, exchange.place(this.id)) : this.#downError(exchange, reason),
      );
    }
    if (redialling) for (const exchange of this.#queue) this.#letWait(exchange, now);
    else for (const exchange of this.#queue.take(() => true)) this.#fail(exchange, this.#downError(exchange, reason));
    this.#stops.sweep();
  }

  #frame(id: number, unit: number, pdu: Uint8Array): void {
    const functionCode = pdu[0] ?? 0;
    const found = this.#table.match(id, unit, functionCode);
    if (this.#readAt === undefined) {
      this.#readAt = this.#clock.monotonic();
      this.#repliesOfRead = 0;
    }
    if (found === "foreign") {
      this.#foreign(id, unit, functionCode, this.#readAt);
      return;
    }
    this.#link.proven();
    this.#silence.replied(unit, this.#readAt);
    if (found === "late") {
      this.#counters.late++;
      return;
    }
    this.#repliesOfRead++;
    if (pdu.length < 2 || (functionCode >= exceptionFlag && pdu.length !== 2)) {
      this.#counters.malformed++;
      this.#fail(found, new ReplyMalformed(`a reply of ${pdu.length} bytes to function ${found.function}`, found.place(this.id)));
      return;
    }
    this.#counters.replies++;
    this.#learner?.replied(millis(this.#readAt - found.sentAt), found.company);
    if (!found.open) return;
    this.#stops.release(found.stop);
    found.succeed(pdu);
  }

  #foreign(id: number, unit: number, functionCode: number, now: Millis): void {
    this.#counters.foreign++;
    const [oldest] = this.#table;
    if (oldest !== undefined && this.#table.size > 1) this.#learner?.trouble(oldest.sentAt, now);
    if (this.#toldForeign) return;
    this.#toldForeign = true;
    this.#log.warn(
      { line: this.id, transaction: id, unit, function: functionCode },
      "reply to nothing that was asked; dropped, as are others like it",
    );
  }

  #read(bytes: number): void {
    this.#counters.received += bytes;
    this.#pump();
    this.#readAt = undefined;
  }

  /** Gives up what is due. Gives the next deadline. */
  #due(now: Millis): Millis {
    const crowd = this.#table.size;
    const expired = this.#table.expire(now);
    for (const exchange of expired) {
      this.#counters.timeouts++;
      if (crowd > 1 && this.#silence.answers(exchange.unit)) this.#learner?.trouble(exchange.sentAt, now);
      this.#silence.timedOut(exchange.unit);
      this.#fail(exchange, new ReplyTimeout(exchange.timeout, exchange.place(this.id)));
    }
    if (!this.#link.up) {
      const waited = this.#queue.take((exchange) => exchange.deadline <= now);
      for (const exchange of waited)
        this.#fail(exchange, this.#downError(exchange, new Error(`no connection within ${exchange.timeout} ms`)));
    } else if (this.#table.exhausted) this.#link.silent(new Error("too many requests were never answered"));
    else if (expired.length > 0 && this.#silence.deaf(now, this.#queue)) this.#link.silent(new Error("nothing answers on it any more"));
    else this.#pump();
    this.#stops.sweep();
    return this.#earliestDeadline();
  }

  #earliestDeadline(): Millis {
    let earliest = never;
    for (const { deadline } of this.#table) if (deadline < earliest) earliest = deadline;
    if (!this.#link.up) for (const { deadline } of this.#queue) if (deadline < earliest) earliest = deadline;
    return earliest;
  }

  /** A request on the wire keeps its place in the window until its reply or its deadline: the device is still busy with it. */
  #stopped(stop: StopSignal): void {
    for (const exchange of this.#queue.take((waiting) => waiting.stop === stop)) this.#fail(exchange, new Stopped());
    for (const exchange of this.#table) if (exchange.stop === stop) this.#fail(exchange, new Stopped());
  }

  #fail(exchange: PendingExchange, error: Error): void {
    if (!exchange.open) return;
    this.#stops.release(exchange.stop);
    exchange.fail(error);
  }

  #downError(exchange: PendingExchange, reason: Error): LineDown {
    return new LineDown(reason.message, exchange.place(this.id), { cause: reason });
  }
}
