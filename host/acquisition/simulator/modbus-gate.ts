import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { ExceptionCode } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { checkRequest } from "./check-request.ts";
import { exchangeRegisters, isExchange } from "./exchange-registers.ts";
import type { RegisterBank } from "./register-bank.ts";

const headerLength = 7;
/** MBAP length counts the unit id and a PDU of at most 253 bytes. */
const longestLength = 254;
/** The client reads no answers: take no more requests until it has read these bytes. */
const mostUnread = 64 * 1024;
/** A device that is no gateway is meant by its own id, by 0 and by 255. Modbus Messaging on TCP/IP V1.0b §4.4.2.1. */
const ownUnits = [0, 1, 255];

/**
 * Stands between a socket and jsmodbus, which takes what it cannot parse for the beginning of something longer: it would wait for ever at an unknown
 * function or an excessive quantity, switch a coil off for any value but 0xFF00, and never answer functions 22 and 23. The gate cuts the stream into
 * frames, answers those itself, hands on one sound frame at a time, and ends the connection at a broken MBAP header.
 */
export class ModbusGate extends Duplex {
  readonly #socket: Socket;
  readonly #bank: RegisterBank;
  #rest: Buffer = Buffer.alloc(0);

  constructor(parts: { readonly socket: Socket; readonly bank: RegisterBank }) {
    super();
    this.#socket = parts.socket;
    this.#bank = parts.bank;
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (data) => this.#take(data));
    this.#socket.on("drain", () => this.#socket.resume());
    this.#socket.on("close", () => this.destroy());
    // A reset by the peer is an ordinary end here; "close" follows.
    this.#socket.on("error", () => undefined);
  }

  override _read(): void {}

  override _write(answer: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#answer(answer);
    done();
  }

  #answer(frame: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(frame);
    if (this.#socket.writableLength > mostUnread) this.#socket.pause();
  }

  #take(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data]);
    while (this.#rest.length >= headerLength) {
      const length = this.#rest.readUInt16BE(4);
      if (this.#rest.readUInt16BE(2) !== 0 || length < 2 || length > longestLength) {
        this.#socket.destroy();
        return;
      }
      if (this.#rest.length < length + 6) return;
      const frame = this.#rest.subarray(0, length + 6);
      this.#rest = this.#rest.subarray(length + 6);
      this.#serve(frame);
    }
  }

  #serve(frame: Buffer): void {
    const pdu = frame.subarray(headerLength);
    const refusal = ownUnits.includes(frame[6] ?? 0) ? checkRequest(pdu) : ExceptionCode.gatewayTargetFailedToRespond;
    if (refusal !== undefined) this.#reply(frame, refusal);
    else if (isExchange(pdu)) this.#reply(frame, exchangeRegisters(this.#bank, pdu));
    else this.push(Buffer.from(frame));
  }

  #reply(request: Buffer, answer: Uint8Array | ExceptionCode): void {
    const pdu = typeof answer === "number" ? Uint8Array.of((request[headerLength] ?? 0) | 0x80, answer) : answer;
    const frame = Buffer.concat([request.subarray(0, headerLength), pdu]);
    frame.writeUInt16BE(pdu.length + 1, 4);
    this.#answer(frame);
  }
}
