import { crc16 } from "./crc16.ts";
import { exceptionFlag, FunctionCode } from "./modbus-function.ts";
import { type RtuLength, rtuReplyLength } from "./rtu-length.ts";
import { echoedLength, expectedReplyLength } from "./rtu-reply-shape.ts";

/** Bytes kept while nothing in them makes sense: two of the longest frames; older ones go. */
const roomSize = 512;
/** Unit, function, exception code and checksum. */
const exceptionLength = 5;
/** The shortest frame: unit, function, checksum. Modbus over Serial Line V1.02 §2.5.1. */
const shortest = 4;
/** So many bytes of noise may follow a reply that garbage precedes: fewer than the checksum of a frame around it. */
const noiseBehind = 1;
/** The highest unit of the standard; above it are reserved ones. Modbus over Serial Line V1.02 §2.2. */
const lastUnit = 247;

/**
 * What the bytes so far come to. `reply`: the wanted one, its PDU a copy · `wait`: nothing yet, or the wanted reply has begun · `unclear`: only the
 * silence at their end will tell · `broken`: the line is silent, and what came was the wanted reply with a fault.
 */
export type RtuVerdict =
  | { readonly state: "reply"; readonly pdu: Uint8Array }
  | { readonly state: "wait" }
  | { readonly state: "unclear" }
  | {
      readonly state: "broken";
      readonly what: string;
      /** False where the true reply may still come. */
      readonly certain: boolean;
    };

const wait: RtuVerdict = { state: "wait" };
const unclear: RtuVerdict = { state: "unclear" };

/** What a receiver tells besides its verdicts. */
export interface RtuReceiverEvents {
  /** A whole frame with a right checksum that is not the wanted reply: late, from another master's talk, or with contents that do not fit. */
  stray(unit: number, functionCode: number): void;
  /** A frame whose checksum is wrong, by all signs the wanted one. */
  corrupt(): void;
  /** Bytes that belong to no frame were skipped. */
  resync(bytes: number): void;
  /** The line gives back what is sent, though it was not said to. */
  echo(): void;
}

/**
 * Finds the reply to one request among the bytes of a serial line: garbage before it, echoes of the request, replies to others and late ones are
 * told from it by unit, function, length, repeated fields and checksum. Frames are taken whole, so that nothing inside one counts as a frame; a
 * reply behind garbage counts only when the line is silent after it. A pause inside a frame does not harm it: adapters and kernels hand bytes over in
 * batches, so that a pause that is seen may never have been on the wire, and a right checksum is the better witness (unlike t1.5 in the standard).
 * @see Modbus over Serial Line V1.02 §2.5.1
 */
export class RtuReceiver {
  readonly #events: RtuReceiverEvents;
  readonly #room = new Uint8Array(roomSize);
  #length = 0;
  #unit = -1;
  #request: Uint8Array = new Uint8Array(0);
  #expected: number | undefined;
  /** The bytes sent; whether the line gives them back; whether they have yet to come. */
  #sent: Uint8Array = new Uint8Array(0);
  #echoes = false;
  #echoDue = false;
  /** Why a frame of the wanted unit and function is not the reply. */
  #misfit: string | undefined;

  constructor(events: RtuReceiverEvents) {
    this.#events = events;
  }

  /** From now on the reply to this request is wanted; what came before is forgotten. @param echoes the line gives back what is sent */
  expect(unit: number, request: Uint8Array, sent: Uint8Array, echoes: boolean): void {
    this.clear();
    this.#unit = unit;
    this.#request = request;
    this.#expected = expectedReplyLength(request);
    this.#sent = sent;
    this.#echoes = echoes;
    this.#echoDue = echoes;
  }

  /** From now on nothing is wanted: whatever comes is stray. */
  expectNothing(): void {
    this.clear();
    this.#unit = -1;
  }

  /** Forgets the bytes so far. */
  clear(): void {
    this.#skip(this.#length);
    this.#misfit = undefined;
    this.#echoDue = false;
  }

  /** Why what came is not the reply, where something of the right unit and function came; `undefined` where nothing did. */
  get complaint(): string | undefined {
    if (this.#misfit !== undefined) return this.#misfit;
    if (this.#length < 2 || !this.#wanted(0)) return undefined;
    return `it breaks off after ${this.#length} bytes${this.#expected === undefined ? "" : ` of ${this.#expected}`}`;
  }

  /** True when bytes are there that made no reply yet. */
  get pending(): boolean {
    return this.#length > 0;
  }

  /** Takes bytes in, copying them. */
  push(bytes: Uint8Array): RtuVerdict {
    const fresh = bytes.length > roomSize ? bytes.subarray(bytes.length - roomSize) : bytes;
    const excess = this.#length + fresh.length - roomSize;
    if (excess > 0) this.#skip(excess);
    this.#room.set(fresh, this.#length);
    this.#length += fresh.length;
    return this.#soFar();
  }

  /** The line has been silent: what is there is all there is. */
  silence(): RtuVerdict {
    return this.#afterAll();
  }

  /** More may come: only frames that follow each other without a byte between them are taken. */
  #soFar(): RtuVerdict {
    if (!this.#echoGone()) return wait;
    while (this.#length > 0) {
      const length = this.#frameLength(0);
      if (this.#betrayed()) continue;
      if (length === "more") return this.#promising() ? wait : unclear;
      if (length === "silence" || !this.#sound(0, length)) return unclear;
      const misfit = this.#misfitOf(0, length);
      if (misfit === undefined) return this.#reply(0, length);
      this.#stray(0, length, misfit);
    }
    return this.#misfit === undefined ? wait : unclear;
  }

  /** What is there is all there is: frames are looked for behind garbage too. */
  #afterAll(): RtuVerdict {
    if (this.#echoDue) return wait;
    let fault = this.#misfit;
    let certain = !this.#echoes;
    for (let at = 0; at < this.#length; ) {
      const known = this.#frameLength(at);
      const length = known === "silence" ? this.#length - at : known;
      if (length === "more" || length < shortest) at++;
      else if (this.#sound(at, length)) {
        const misfit = this.#misfitOf(at, length);
        if (misfit === undefined && (at === 0 || this.#length - at - length <= noiseBehind)) return this.#reply(at, length);
        this.#stray(at, length, misfit);
        fault = this.#misfit;
        at = 0;
      } else {
        if (fault === undefined && known !== "silence" && this.#misfitOf(at, length) === undefined) {
          fault = `the checksum of its ${length} bytes is wrong`;
          certain &&= at === 0;
        }
        at++;
      }
    }
    if (fault === undefined) return wait;
    if (this.#misfit === undefined) {
      this.#events.corrupt();
      this.#drop(this.#length);
      return { state: "broken", what: fault, certain };
    }
    return this.#length > 0 && this.#wanted(0) ? wait : { state: "broken", what: fault, certain: false };
  }

  /** True once what was sent has come back and is gone, or something else came instead. */
  #echoGone(): boolean {
    if (!this.#echoDue) return true;
    if (this.#isSent()) {
      if (this.#length < this.#sent.length) return false;
      this.#drop(this.#sent.length);
    }
    this.#echoDue = false;
    return true;
  }

  /** True when all bytes so far, up to a whole frame, are as sent. */
  #isSent(): boolean {
    const have = Math.min(this.#length, this.#sent.length);
    for (let i = 0; i < have; i++) if (this.#room[i] !== this.#sent[i]) return false;
    return true;
  }

  /** True when a line that was not said to echo gave back a read, which is then gone: nothing else begins like that, as its byte count is wrong. */
  #betrayed(): boolean {
    const [code] = this.#request;
    if (this.#echoes || (code !== FunctionCode.readHoldingRegisters && code !== FunctionCode.readInputRegisters)) return false;
    if (this.#length < this.#sent.length || !this.#isSent() || (this.#sent[2] ?? 0) + 5 === this.#expected) return false;
    this.#echoes = true;
    this.#events.echo();
    this.#drop(this.#sent.length);
    return true;
  }

  /** True when the wanted reply may have begun, and nothing stands before it. */
  #promising(): boolean {
    if (!this.#wanted(0)) return false;
    const length = rtuReplyLength(this.#room.subarray(0, this.#length));
    const exception = this.#length > 1 && this.#room[1] !== this.#request[0];
    return exception || this.#expected === undefined || length === "more" || length === this.#expected;
  }

  /** The length of the frame that may begin at `at`: `more` while more of it has to come, `silence` where none begins or only silence ends it. */
  #frameLength(at: number): RtuLength {
    const unit = this.#room[at] ?? 0;
    if (unit !== this.#unit && (unit === 0 || unit > lastUnit)) return "silence";
    const have = this.#length - at;
    const length = rtuReplyLength(this.#room.subarray(at, this.#length), have);
    return typeof length === "number" && length > have ? "more" : length;
  }

  #sound(at: number, length: number): boolean {
    return crc16(this.#room, at, at + length) === 0;
  }

  /** True when unit and function at `at` are the wanted ones, as far as they are there. */
  #wanted(at: number): boolean {
    if (this.#room[at] !== this.#unit) return false;
    return at + 1 >= this.#length || ((this.#room[at + 1] ?? 0) & ~exceptionFlag) === this.#request[0];
  }

  /** Why the whole frame at `at` does not answer the request; `undefined` when it does. */
  #misfitOf(at: number, length: number): string | undefined {
    const [unit = 0, code = 0] = this.#room.subarray(at, at + 2);
    const asked = this.#request[0] ?? 0;
    if (unit !== this.#unit || (code & ~exceptionFlag) !== asked) return "not asked for";
    if (code !== asked) return length === exceptionLength ? undefined : `an exception of ${length} bytes`;
    if (this.#expected !== undefined && length !== this.#expected) return `${length} bytes, expected ${this.#expected}`;
    for (let i = 1; i < echoedLength(asked); i++) {
      if (this.#room[at + 1 + i] !== this.#request[i])
        return `byte ${i} of the request comes back as ${this.#room[at + 1 + i]}, expected ${this.#request[i]}`;
    }
    return undefined;
  }

  #reply(at: number, length: number): RtuVerdict {
    const pdu = this.#room.slice(at + 1, at + length - 2);
    this.#skip(at);
    this.#drop(length);
    return { state: "reply", pdu };
  }

  /** A whole frame that is not the reply goes, and the garbage before it. */
  #stray(at: number, length: number, misfit: string | undefined): void {
    if (this.#wanted(at)) this.#misfit = misfit;
    this.#events.stray(this.#room[at] ?? 0, this.#room[at + 1] ?? 0);
    this.#skip(at);
    this.#drop(length);
  }

  /** Bytes that belong to no frame go. */
  #skip(count: number): void {
    if (count === 0) return;
    this.#events.resync(count);
    this.#drop(count);
  }

  #drop(count: number): void {
    this.#room.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}
