import {
  ExceptionCode,
  LineBusy,
  LineDown,
  ReplyMalformed,
  ReplyTimeout,
  RequestInvalid,
} from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { encodeRtu, rtuLimit } from "../../../shared/acquisition/modbus/rtu-frame.ts";
import { RtuReceiver, type RtuVerdict } from "../../../shared/acquisition/modbus/rtu-receiver.ts";
import { expectedReplyLength } from "../../../shared/acquisition/modbus/rtu-reply-shape.ts";
import { characterTime, interFrameDelay } from "../../../shared/acquisition/modbus/rtu-timing.ts";
import type { ExchangeOptions, ModbusLine } from "../../../shared/acquisition/ports.ts";
import type { BackoffRange } from "../../../shared/base/backoff.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import type { Metric } from "../../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { DeadlineTimer, never } from "../modbus-line/deadline-timer.ts";
import { LineCounters, lineMetrics, serialMetrics } from "../modbus-line/line-counters.ts";
import { LineLink } from "../modbus-line/line-link.ts";
import { PendingExchange } from "../modbus-line/pending-exchange.ts";
import { RequestQueue } from "../modbus-line/request-queue.ts";
import { SilenceWatch } from "../modbus-line/silence-watch.ts";
import { StopWatchers } from "../modbus-line/stop-watchers.ts";
import { unfitRequest } from "../modbus-line/unfit-request.ts";
import { broadcastEcho, mayBroadcast } from "./broadcast.ts";
import { LateReplies } from "./late-replies.ts";
import { LineSilence } from "./line-silence.ts";
import type { OpenSerialChannel, SerialChannel } from "./serial-channel.ts";

/** How long units may take over a broadcast before the next request. Modbus over Serial Line V1.02 §2.4.1: 100 to 200 ms. */
const broadcastDelay = millis(100);
const noTurnaround = millis(0);

export interface ModbusRtuLineParts {
  /** Id of the line: names it in metrics, errors and logs. */
  readonly id: string;
  /** Where the channel goes, for the log. */
  readonly place: object;
  readonly open: OpenSerialChannel;
  /** Bits a second, which set the silences between frames. */
  readonly baud: number;
  /** Bits of a character with start, parity and stop bits; default 11. */
  readonly characterBits?: number;
  /** The line gives back what is sent. */
  readonly echo?: boolean;
  /** Silence before each request besides what the protocol demands, for requests that name none; default none. */
  readonly turnaround?: Millis | undefined;
  /** Make a new connection when nobody answers any more: true for TCP, of which one end may be gone unseen. */
  readonly redialWhenDeaf?: boolean;
  /** How many requests may wait, urgent ones and the others each; default 1,000. */
  readonly queueBound?: number;
  /** How long to wait between attempts to open the channel; default 1 to 60 s. */
  readonly reconnect?: BackoffRange;
  /** Its short waits are the silences between frames. */
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
}

/**
 * A Modbus RTU master on one half-duplex line: one exchange at a time, silence of t3.5 between frames. Opens its channel again for ever.
 * The time that the bytes themselves take at the line's rate comes on top of a request's timeout. A request to unit 0 is a broadcast: only writes, answered
 * by the line itself with what a unit would say.
 * @see Modbus over Serial Line V1.02 §2
 */
export class ModbusRtuLine implements ModbusLine, AsyncDisposable {
  readonly id: string;
  readonly #parts: ModbusRtuLineParts;
  readonly #clock: Clock;
  readonly #character: Millis;
  readonly #silence: LineSilence;
  readonly #counters = new LineCounters();
  readonly #queue: RequestQueue<PendingExchange>;
  readonly #receiver: RtuReceiver;
  readonly #late = new LateReplies();
  readonly #deaf = new SilenceWatch();
  readonly #stops: StopWatchers;
  readonly #deadlines: DeadlineTimer;
  readonly #link: LineLink<SerialChannel>;
  /** The exchange that has the line. */
  #current: PendingExchange | undefined;
  /** Sent, and its reply or the end of a broadcast awaited; else its silence is being kept. */
  #sent = false;
  /** When the reply that has begun must be there. */
  #latest = never;
  #busy = 0;
  #echoes: boolean;
  #toldForeign = false;

  private constructor(parts: ModbusRtuLineParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#character = characterTime(parts.baud, parts.characterBits);
    const interval = interFrameDelay(parts.baud, parts.characterBits);
    this.#silence = new LineSilence({ clock: parts.clock, character: this.#character, interval });
    this.#echoes = parts.echo === true;
    this.#queue = new RequestQueue(parts.queueBound ?? 1000);
    this.#receiver = new RtuReceiver({
      stray: (unit, functionCode) => this.#stray(unit, functionCode),
      corrupt: () => this.#counters.corrupt++,
      resync: () => this.#counters.resyncs++,
      echo: () => this.#echo(),
    });
    this.#stops = new StopWatchers((stop) => this.#stopped(stop));
    this.#deadlines = new DeadlineTimer(parts.clock, () => this.#defer());
    this.#link = new LineLink({
      ...parts,
      reconnect: parts.reconnect ?? { initial: millis(1000), max: millis(60_000) },
      dial: (events) => parts.open({ ...events, bytes: (chunk) => this.#received(chunk) }),
      onUp: () => this.#connected(),
      onDown: (reason, redialling) => this.#disconnected(reason, redialling),
    });
  }

  /** Gives the line at once; it opens its channel in the background. */
  static open(parts: ModbusRtuLineParts): ModbusRtuLine {
    return new ModbusRtuLine(parts);
  }

  get up(): boolean {
    return this.#link.up;
  }

  /** @throws {RequestInvalid} as a rejection, besides what the port says: a unit or a PDU that no frame can carry, a broadcast that is no write */
  exchange(unit: number, request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const { timeout, urgent = false, turnaround = this.#parts.turnaround } = options;
      const exchange = new PendingExchange({ unit, request, timeout, turnaround, urgent, stop, resolve, reject });
      const refusal = this.#refusal(exchange);
      if (refusal !== undefined) exchange.fail(refusal);
      else this.#admit(exchange);
    });
  }

  metrics(): readonly Metric[] {
    const view = {
      up: this.up,
      reconnects: this.#link.reconnects,
      queued: this.#queue.size,
      underWay: this.#sent ? 1 : 0,
      window: 1,
    };
    return [...lineMetrics(this.id, this.#counters, view), ...serialMetrics(this.id, this.#counters, this.#busy / 1000)];
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
    if (unit === 0 && !mayBroadcast(exchange.function)) {
      const what = "unit 0 means all units, and all cannot answer; expected a write";
      return new RequestInvalid(ExceptionCode.illegalFunction, what, exchange.place(this.id));
    }
    return this.#link.up || this.#link.mayWait ? undefined : this.#downError(exchange, this.#link.reason);
  }

  #admit(exchange: PendingExchange): void {
    if (!this.#queue.push(exchange)) {
      this.#counters.overflows++;
      exchange.fail(new LineBusy(this.#queue.bound, exchange.place(this.id)));
      return;
    }
    this.#stops.watch(exchange.stop);
    if (this.#link.up) this.#pump();
    else this.#letWait(exchange, this.#clock.monotonic());
  }

  /** Gives a queued exchange its timeout while the channel is being opened. */
  #letWait(exchange: PendingExchange, now: Millis): void {
    exchange.deadline = millis(now + exchange.timeout);
    this.#deadlines.cover(exchange.deadline);
  }

  /** Goes on as far as it can: waits for silence, chooses the next request, keeps its own silence, sends it. */
  #pump(): void {
    if (this.#sent || this.#silence.awaited || !this.#link.up) return;
    const again = (): void => this.#pump();
    if (this.#current === undefined) {
      if (this.#queue.size === 0) {
        this.#silence.unwanted();
        return;
      }
      if (!this.#silence.reached(noTurnaround, again)) return;
      const now = this.#clock.monotonic();
      this.#current = this.#queue.shift((exchange) => !this.#late.holds(exchange, now));
      if (this.#current === undefined) {
        this.#awaitHeld();
        return;
      }
    }
    const { turnaround = noTurnaround } = this.#current;
    if (!this.#silence.reached(turnaround, again)) return;
    if ((this.#link.connection?.discard() ?? 0) > 0) {
      this.#counters.resyncs++;
      this.#silence.broken();
      if (!this.#silence.reached(turnaround, again)) return;
    }
    if (this.#current !== undefined) this.#send(this.#current, this.#clock.monotonic());
  }

  /** All that wait might be taken for a late reply's: the first that is free again is next. */
  #awaitHeld(): void {
    let earliest = never;
    for (const exchange of this.#queue) earliest = millis(Math.min(earliest, this.#late.endOf(exchange) ?? never));
    this.#silence.unwanted();
    this.#deadlines.cover(earliest);
  }

  #send(exchange: PendingExchange, now: Millis): void {
    const frame = encodeRtu(exchange.unit, exchange.request);
    const wireTime = frame.length * this.#character;
    this.#sent = true;
    exchange.sentAt = now;
    this.#silence.takenUntil(millis(now + wireTime));
    exchange.deadline = millis(this.#silence.since + (exchange.unit === 0 ? broadcastDelay : exchange.timeout));
    this.#latest = millis(exchange.deadline + (expectedReplyLength(exchange.request) ?? rtuLimit) * this.#character);
    this.#deadlines.cover(exchange.deadline);
    this.#receiver.expect(exchange.unit, exchange.request, frame, this.#echoes);
    this.#counters.requests++;
    this.#counters.sent += frame.length;
    this.#link.connection?.write(frame);
  }

  #received(chunk: Uint8Array): void {
    this.#counters.received += chunk.length;
    this.#silence.broken();
    this.#heed(this.#receiver.push(chunk));
  }

  #heed(verdict: RtuVerdict): void {
    const exchange = this.#sent ? this.#current : undefined;
    if (verdict.state === "unclear") this.#silence.atEnd(() => this.#heed(this.#receiver.silence()));
    if (exchange === undefined || exchange.unit === 0) return;
    if (verdict.state === "reply") {
      this.#counters.replies++;
      this.#link.proven();
      this.#deaf.replied(exchange.unit, this.#silence.since);
      this.#end();
      this.#settle(exchange, () => exchange.succeed(verdict.pdu));
      this.#pump();
    } else if (verdict.state === "broken") {
      this.#counters.malformed++;
      if (!verdict.certain) this.#late.gaveUp(exchange, this.#clock.monotonic());
      this.#deaf.replied(exchange.unit, this.#silence.since);
      this.#end();
      this.#fail(exchange, new ReplyMalformed(verdict.what, exchange.place(this.id)));
      this.#pump();
    }
  }

  /** The line is free for the next exchange. */
  #end(): void {
    if (this.#sent && this.#current !== undefined) this.#busy += this.#clock.monotonic() - this.#current.sentAt;
    this.#current = undefined;
    this.#sent = false;
    this.#latest = never;
    this.#receiver.expectNothing();
  }

  /** A frame that is not the reply. */
  #stray(unit: number, functionCode: number): void {
    if (this.#late.came(unit, functionCode)) {
      this.#counters.late++;
      this.#link.proven();
      return;
    }
    this.#counters.foreign++;
    if (this.#toldForeign) return;
    this.#toldForeign = true;
    this.#parts.log.warn(
      { line: this.id, unit, function: functionCode },
      "a frame that answers nothing that was asked: another master, two units of one number, or a line that echoes; dropped, as are others like it",
    );
  }

  /** Unseen, an echo would confirm writes that no unit obeyed. */
  #echo(): void {
    this.#echoes = true;
    this.#parts.log.warn({ line: this.id }, 'the line gives back what is sent, which is dropped from now on: set "echo" to true');
  }

  /** What is due is dealt with once bytes that came while this process was busy are told. */
  #defer(): Millis {
    setImmediate(() => this.#due(this.#clock.monotonic()));
    return never;
  }

  #due(now: Millis): void {
    const exchange = this.#sent ? this.#current : undefined;
    if (!this.#link.up) {
      for (const waited of this.#queue.take((waiting) => waiting.deadline <= now))
        this.#fail(waited, this.#downError(waited, new Error(`no connection within ${waited.timeout} ms`)));
    } else if (exchange !== undefined && exchange.deadline <= now) {
      // A reply that has begun gets the time that its bytes need.
      if (this.#receiver.pending && this.#latest > now) exchange.deadline = this.#latest;
      else this.#giveUp(exchange, now);
    }
    this.#pump();
    this.#stops.sweep();
    if (this.#sent && this.#current !== undefined) this.#deadlines.cover(this.#current.deadline);
    if (!this.#link.up) for (const { deadline } of this.#queue) this.#deadlines.cover(deadline);
  }

  #giveUp(exchange: PendingExchange, now: Millis): void {
    if (exchange.unit === 0) {
      this.#end();
      this.#settle(exchange, () => exchange.succeed(broadcastEcho(exchange.request)));
      return;
    }
    const complaint = this.#receiver.complaint;
    this.#late.gaveUp(exchange, now);
    this.#end();
    this.#deaf.timedOut(exchange.unit);
    if (complaint === undefined) this.#counters.timeouts++;
    else this.#counters.malformed++;
    const place = exchange.place(this.id);
    this.#fail(exchange, complaint === undefined ? new ReplyTimeout(exchange.timeout, place) : new ReplyMalformed(complaint, place));
    if (this.#parts.redialWhenDeaf === true && this.#deaf.deaf(now, this.#queue))
      this.#link.silent(new Error("nothing answers on it any more"));
  }

  #connected(): void {
    this.#toldForeign = false;
    this.#deaf.restart();
    this.#receiver.expectNothing();
    this.#silence.broken();
    this.#pump();
  }

  #disconnected(reason: Error, redialling: boolean): void {
    const now = this.#clock.monotonic();
    this.#silence.disarm();
    this.#deadlines.disarm();
    const current = this.#current;
    if (current !== undefined) {
      if (this.#sent) this.#late.gaveUp(current, now);
      this.#end();
      this.#fail(current, this.#downError(current, reason));
    }
    if (redialling) for (const exchange of this.#queue) this.#letWait(exchange, now);
    else for (const exchange of this.#queue.take(() => true)) this.#fail(exchange, this.#downError(exchange, reason));
    this.#stops.sweep();
  }

  /** A request on the wire keeps the line until its reply or its deadline: the unit is still busy with it. */
  #stopped(stop: StopSignal): void {
    for (const exchange of this.#queue.take((waiting) => waiting.stop === stop)) this.#fail(exchange, new Stopped());
    const current = this.#current;
    if (current === undefined || current.stop !== stop) return;
    if (!this.#sent) this.#current = undefined;
    this.#fail(current, new Stopped());
  }

  #fail(exchange: PendingExchange, error: Error): void {
    this.#settle(exchange, () => exchange.fail(error));
  }

  /** Gives the caller its answer, unless it has one. */
  #settle(exchange: PendingExchange, answer: () => void): void {
    if (!exchange.open) return;
    this.#stops.release(exchange.stop);
    answer();
  }

  #downError(exchange: PendingExchange, reason: Error): LineDown {
    return new LineDown(reason.message, exchange.place(this.id), { cause: reason });
  }
}
