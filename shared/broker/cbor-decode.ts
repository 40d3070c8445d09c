import { float16FromBits } from "../acquisition/values/float16.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import { CborInvalid } from "./cbor-errors.ts";
import { type CborValue, maxCborDepth } from "./cbor-value.ts";

/** An array or map that is being read. */
interface Open {
  readonly list: CborValue[] | undefined;
  readonly map: Record<string, CborValue>;
  /** Maps: the key whose value comes next. */
  key: string | undefined;
  left: number;
}

/** Reads one item, with a stack of its own so that no message, however nested, costs machine stack. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #open: Open[] = [];
  #at = 0;
  #whole: CborValue;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): CborValue {
    while (!this.#item());
    if (this.#at < this.#bytes.length) throw new CborInvalid(this.#at, "more bytes behind the item: expected its end");
    return this.#whole;
  }

  /** Reads one head with what belongs to it; true when that ended the outermost item. */
  #item(): boolean {
    const start = this.#at;
    const top = this.#open[this.#open.length - 1];
    this.#need(1, start);
    const initial = this.#view.getUint8(this.#at++);
    const major = initial >> 5;
    if (top !== undefined && top.list === undefined && top.key === undefined) {
      if (major !== 3) throw new CborInvalid(start, `a map key of major type ${major}: expected text`);
      top.key = this.#text(initial, start);
      if (Object.hasOwn(top.map, top.key)) throw new CborInvalid(start, `key "${top.key}" a second time`);
      return false;
    }
    switch (major) {
      case 0:
        return this.#deliver(this.#integer(initial, start));
      case 1: {
        const value = this.#integer(initial, start);
        const low = typeof value === "bigint" ? -1n - value : -1 - value;
        return this.#deliver(typeof low === "number" && !Number.isSafeInteger(low) ? BigInt(low) : low);
      }
      case 2: {
        const length = this.#length(initial, start, 1);
        this.#at += length;
        return this.#deliver(new Uint8Array(this.#bytes.subarray(this.#at - length, this.#at)));
      }
      case 3:
        return this.#deliver(this.#text(initial, start));
      case 4:
      case 5:
        return this.#container(initial, start);
      case 6:
        throw new CborInvalid(start, "a tag: tags are not taken");
      default:
        return this.#deliver(this.#simple(initial, start));
    }
  }

  #container(initial: number, start: number): boolean {
    if (this.#open.length >= maxCborDepth) throw new CborInvalid(start, `deeper than ${maxCborDepth} arrays and maps`);
    const isList = initial >> 5 === 4;
    const left = this.#length(initial, start, isList ? 1 : 2);
    const opened: Open = { list: isList ? [] : undefined, map: {}, key: undefined, left };
    if (left === 0) return this.#deliver(opened.list ?? opened.map);
    this.#open.push(opened);
    return false;
  }

  /** Puts a finished value where it belongs and closes what it fills. */
  #deliver(value: CborValue): boolean {
    let done = value;
    for (;;) {
      const top = this.#open[this.#open.length - 1];
      if (top === undefined) {
        this.#whole = done;
        return true;
      }
      if (top.list !== undefined) top.list.push(done);
      // Assigning to `__proto__` would set the prototype instead of a member.
      else if (top.key === "__proto__")
        Object.defineProperty(top.map, top.key, { value: done, writable: true, enumerable: true, configurable: true });
      else if (top.key !== undefined) top.map[top.key] = done;
      top.key = undefined;
      top.left--;
      if (top.left > 0) return false;
      this.#open.pop();
      done = top.list ?? top.map;
    }
  }

  #need(count: number, start: number): void {
    if (count > this.#bytes.length - this.#at)
      throw new CborInvalid(start, `cut off: ${count} more bytes expected at ${this.#at}, ${this.#bytes.length - this.#at} left`);
  }

  /** The argument of a head: a number up to 2^53 − 1, a bigint above. */
  #integer(initial: number, start: number): number | bigint {
    const info = initial & 0x1f;
    if (info < 24) return info;
    if (info > 27) throw new CborInvalid(start, info === 31 ? "an indefinite length: expected a definite one" : "a reserved head");
    const size = 1 << (info - 24);
    this.#need(size, start);
    const at = this.#at;
    this.#at += size;
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at);
    if (size === 4) return this.#view.getUint32(at);
    const value = this.#view.getUint32(at) * 0x1_0000_0000 + this.#view.getUint32(at + 4);
    return Number.isSafeInteger(value) ? value : this.#view.getBigUint64(at);
  }

  /** A length whose content, at `least` bytes a piece, is there: nothing is made before it is known to exist. */
  #length(initial: number, start: number, least: number): number {
    const length = Number(this.#integer(initial, start));
    this.#need(length * least, start);
    return length;
  }

  #text(initial: number, start: number): string {
    const length = this.#length(initial, start, 1);
    const text = decodeUtf8(this.#bytes, this.#at, this.#at + length);
    if (text === undefined) throw new CborInvalid(start, "text that is not well-formed UTF-8");
    this.#at += length;
    return text;
  }

  #simple(initial: number, start: number): CborValue {
    const at = this.#at;
    switch (initial) {
      case 0xf4:
        return false;
      case 0xf5:
        return true;
      case 0xf6:
        return null;
      case 0xf7:
        return undefined;
      case 0xf9:
        this.#need(2, start);
        this.#at += 2;
        return float16FromBits(this.#view.getUint16(at));
      case 0xfa:
        this.#need(4, start);
        this.#at += 4;
        return this.#view.getFloat32(at);
      case 0xfb:
        this.#need(8, start);
        this.#at += 8;
        return this.#view.getFloat64(at);
      case 0xff:
        throw new CborInvalid(start, "a break without an indefinite length");
      default:
        throw new CborInvalid(start, "a simple value other than false, true, null and undefined");
    }
  }
}

/**
 * The one item that `bytes` hold. Takes longer heads and floats than needed, since other encoders write them; refuses tags, indefinite lengths,
 * keys that are not text or come twice, ill-formed UTF-8, more than 16 levels and trailing bytes. Byte strings are copies. A key `__proto__`
 * becomes an ordinary member.
 * @throws {CborInvalid}
 * @see RFC 8949 §3, §5.6
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  return new Reader(bytes).read();
}
