import { FrameInvalid, type ModbusPlace, nowhere } from "./modbus-errors.ts";
import { readWord, writeWord } from "./wire-word.ts";

/** Transaction, protocol and length, two bytes each, then the unit. Modbus Messaging on TCP/IP V1.0b §3.1.3. */
const headerLength = 7;
/** What the length field may say: a unit and a PDU of 1 to 253 bytes. */
const minLength = 2;
const maxLength = 254;
/** Bytes that the length field does not count. */
const uncounted = 6;
/** The longest ADU: 260 bytes. */
const aduLimit = uncounted + maxLength;

/**
 * A PDU in its MBAP header, as it goes into a TCP stream.
 * @param transaction 0 to 65535, echoed by the server
 * @throws {FrameInvalid} a PDU that is empty or longer than 253 bytes
 * @see Modbus Messaging on TCP/IP V1.0b §3.1.3
 */
export function encodeMbap(transaction: number, unit: number, pdu: Uint8Array): Uint8Array {
  const length = pdu.length + 1;
  if (length < minLength || length > maxLength) throw new FrameInvalid(`a PDU of ${pdu.length} bytes, expected 1 to 253`, { unit });
  const adu = new Uint8Array(uncounted + length);
  writeWord(adu, 0, transaction);
  writeWord(adu, 4, length);
  adu[6] = unit;
  adu.set(pdu, headerLength);
  return adu;
}

/** Takes one frame out of the stream. The PDU views the chunk that was pushed wherever it lies in one piece. It must not throw. */
export type MbapReceiver = (transaction: number, unit: number, pdu: Uint8Array) => void;

/**
 * Cuts a TCP stream into Modbus frames, wherever TCP has split it. Holds at most one unfinished ADU of 260 bytes.
 * A wrong header cannot be skipped, since nothing marks the next one: the deframer then refuses everything and the connection must go.
 * @see Modbus Messaging on TCP/IP V1.0b §3.1, §4.2.2
 */
export class MbapDeframer {
  readonly #receive: MbapReceiver;
  readonly #place: ModbusPlace;
  /** The beginning of an ADU whose end has not come. */
  readonly #pending = new Uint8Array(aduLimit);
  #pendingLength = 0;
  #broken: FrameInvalid | undefined;

  /** @param place line, to be named by an error */
  constructor(receive: MbapReceiver, place: ModbusPlace = nowhere) {
    this.#receive = receive;
    this.#place = place;
  }

  /** Bytes of an ADU that has begun and not ended. */
  get pending(): number {
    return this.#pendingLength;
  }

  /**
   * Takes what TCP brought and gives every frame that it completes to the receiver, in order, before it returns.
   * @throws {FrameInvalid} protocol not 0, or length not 2 to 254; the frames before it have been given
   */
  push(chunk: Uint8Array): void {
    if (this.#broken !== undefined) throw this.#broken;
    let at = 0;
    while (this.#pendingLength > 0 && at < chunk.length) at = this.#fill(chunk, at);
    while (chunk.length - at >= headerLength) {
      const end = at + this.#aduLength(chunk, at);
      if (end > chunk.length) break;
      this.#receive(readWord(chunk, at), chunk[at + 6] ?? 0, chunk.subarray(at + headerLength, end));
      at = end;
    }
    if (at < chunk.length) {
      this.#pending.set(at === 0 ? chunk : chunk.subarray(at));
      this.#pendingLength = chunk.length - at;
      if (this.#pendingLength >= uncounted) this.#aduLength(this.#pending, 0);
    }
  }

  /** Carries the pending ADU on from `at`: first its header, then its end. Gives the offset behind what it took. */
  #fill(chunk: Uint8Array, at: number): number {
    const pending = this.#pending;
    const had = this.#pendingLength;
    const wanted = had < uncounted ? uncounted : this.#aduLength(pending, 0);
    const end = Math.min(chunk.length, at + wanted - had);
    pending.set(chunk.subarray(at, end), had);
    const length = had + end - at;
    this.#pendingLength = length;
    if (length < uncounted || length < this.#aduLength(pending, 0)) return end;
    this.#pendingLength = 0;
    this.#receive(readWord(pending, 0), pending[6] ?? 0, pending.slice(headerLength, length));
    return end;
  }

  /** The length of the ADU whose header starts at `at`, six bytes of which must be there. */
  #aduLength(bytes: Uint8Array, at: number): number {
    const protocol = readWord(bytes, at + 2);
    const length = readWord(bytes, at + 4);
    if (protocol === 0 && length >= minLength && length <= maxLength) return uncounted + length;
    const what = protocol === 0 ? `length ${length}, expected 2 to 254` : `protocol ${protocol}, expected 0`;
    this.#broken = new FrameInvalid(what, this.#place);
    throw this.#broken;
  }
}
