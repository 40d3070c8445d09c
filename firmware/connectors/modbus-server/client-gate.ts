import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { decodeRequest } from "../../../shared/acquisition/modbus/decode-request.ts";
import { encodeException } from "../../../shared/acquisition/modbus/encode-response.ts";
import { encodeMbap, MbapDeframer } from "../../../shared/acquisition/modbus/mbap.ts";
import { ExceptionCode, FrameInvalid, RequestInvalid } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { exceptionFlag, FunctionCode } from "../../../shared/acquisition/modbus/modbus-function.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Millis } from "../../../shared/base/units.ts";
import type { ServerCounters } from "./server-counters.ts";

export interface ClientGateParts {
  readonly socket: Socket;
  /** Answer to this unit only; `undefined`: to every unit. */
  readonly unit: number | undefined;
  readonly clock: Clock;
  readonly counters: ServerCounters;
}

interface Frame {
  readonly transaction: number;
  readonly unit: number;
  readonly pdu: Uint8Array;
}

/** Requests of jsmodbus's that are served; functions 22 and 23 are none of them. */
const served: ReadonlySet<number> = new Set([
  FunctionCode.readCoils,
  FunctionCode.readDiscreteInputs,
  FunctionCode.readHoldingRegisters,
  FunctionCode.readInputRegisters,
  FunctionCode.writeSingleCoil,
  FunctionCode.writeSingleRegister,
  FunctionCode.writeMultipleCoils,
  FunctionCode.writeMultipleRegisters,
  FunctionCode.encapsulatedInterface,
]);
/** Places of function code and exception in an ADU. */
const codeAt = 7;
const exceptionAt = 8;

/**
 * Stands between the socket of a client and jsmodbus, which waits for ever at what it cannot parse and holds all that comes meanwhile. The gate cuts the
 * stream into frames, answers the unsound ones itself, and hands on one request at a time: the next when that one is answered. While requests wait, the
 * socket is not read, and a client that does not read its answers gets no more of them, so that it costs one chunk of its
 * stream and one buffer of the socket. A broken header ends the connection.
 */
export class ClientGate extends Duplex {
  readonly #parts: ClientGateParts;
  readonly #deframer: MbapDeframer;
  #waiting: Frame[] = [];
  #busy = false;
  /** When its last request was answered, or it connected; monotonic. */
  lastActive: Millis;

  constructor(parts: ClientGateParts) {
    super();
    this.#parts = parts;
    this.lastActive = parts.clock.monotonic();
    this.#deframer = new MbapDeframer((transaction, unit, pdu) => this.#waiting.push({ transaction, unit, pdu }));
    const { socket } = parts;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("drain", () => this.#next());
    socket.on("close", () => this.destroy());
    // A reset by the client is an ordinary end; "close" follows.
    socket.on("error", () => undefined);
  }

  override _read(): void {}

  /** jsmodbus gives an answer. */
  override _write(answer: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#answer(answer);
    done();
    this.#busy = false;
    // In a turn of its own: a client that sends a thousand requests at once must not hold up the board.
    setImmediate(() => this.#next());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#waiting = [];
    this.#parts.socket.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    try {
      this.#deframer.push(chunk);
    } catch (error) {
      if (!(error instanceof FrameInvalid)) throw error;
      this.#parts.counters.ended.frame += 1;
      this.destroy();
      return;
    }
    this.#next();
  }

  #next(): void {
    const { socket } = this.#parts;
    while (!this.#busy && !this.destroyed && !socket.writableNeedDrain) {
      const frame = this.#waiting.shift();
      if (frame === undefined) break;
      this.#serve(frame);
    }
    if (this.#waiting.length > 0 || this.#busy) socket.pause();
    else socket.resume();
  }

  #serve(frame: Frame): void {
    const { counters, unit } = this.#parts;
    counters.request(frame.pdu[0] ?? 0);
    const refusal = unit !== undefined && frame.unit !== unit ? ExceptionCode.gatewayTargetFailedToRespond : refusalOf(frame.pdu);
    if (refusal !== undefined) {
      this.#answer(encodeMbap(frame.transaction, frame.unit, encodeException(frame.pdu[0] ?? 0, refusal)));
      return;
    }
    this.#busy = true;
    this.push(encodeMbap(frame.transaction, frame.unit, frame.pdu));
  }

  #answer(adu: Uint8Array): void {
    const { clock, counters, socket } = this.#parts;
    if (((adu[codeAt] ?? 0) & exceptionFlag) !== 0) counters.exception(adu[exceptionAt] ?? 0);
    this.lastActive = clock.monotonic();
    if (!socket.destroyed) socket.write(adu);
  }
}

/** The exception that a request earns before any address is looked at. Modbus Application Protocol V1.1b3 §6. */
function refusalOf(pdu: Uint8Array): ExceptionCode | undefined {
  if (!served.has(pdu[0] ?? 0)) return ExceptionCode.illegalFunction;
  try {
    decodeRequest(pdu);
    return undefined;
  } catch (error) {
    if (error instanceof RequestInvalid) return error.exception;
    throw error;
  }
}
