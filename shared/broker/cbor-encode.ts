import { float16FromBits, float16ToBits } from "../acquisition/values/float16.ts";
import { writeUtf8 } from "../base/utf8.ts";
import { CborUnencodable } from "./cbor-errors.ts";
import { type CborMap, type CborValue, isCborArray, maxCborDepth } from "./cbor-value.ts";

const limit64 = 1n << 64n;
/** A head or a number takes no more bytes. */
const longestHead = 9;

/** An array or map that is being written. */
interface Open {
  readonly list: readonly CborValue[] | undefined;
  readonly map: CborMap;
  readonly keys: readonly string[];
  readonly size: number;
  /** Maps: offsets of each key's first byte and of the byte behind it, two a pair. */
  readonly marks: number[];
  /** Maps: the keys so far are known to be in order. */
  sorted: boolean;
  next: number;
}

/**
 * Writes values as deterministic CBOR: shortest heads, shortest floats that keep the value, definite lengths, map keys in the bytewise order of
 * their encodings (shorter keys first), which costs least when they come that way. Whole numbers within ±(2^53 − 1) are integers, `-0` and the
 * rest floats, NaN is `f97e00`. Keeps its buffer between calls, and a stack of its own, so that depth costs no machine stack.
 * @see RFC 8949 §4.2.1, §4.2.2
 */
export class CborEncoder {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  /** @param capacity bytes to start with; grows by doubling */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** One item. Lone surrogates in text become U+FFFD. @throws {CborUnencodable} an integer beyond 64 bits, too deep, two keys written alike, no CBOR type */
  encode(value: CborValue): Uint8Array {
    this.#at = 0;
    const open: Open[] = [];
    let opened = this.#item(value, open);
    for (;;) {
      if (opened !== undefined) open.push(opened);
      const top = open[open.length - 1];
      if (top === undefined) return this.#bytes.slice(0, this.#at);
      if (top.next < top.size) opened = this.#member(top, open);
      else {
        opened = undefined;
        if (!top.sorted) this.#sortPairs(top, open);
        open.pop();
      }
    }
  }

  #member(top: Open, open: readonly Open[]): Open | undefined {
    const index = top.next++;
    if (top.list !== undefined) return this.#item(top.list[index], open);
    const key = top.keys[index] ?? "";
    const start = this.#at;
    const isAscii = this.#text(key);
    top.marks.push(start, this.#at);
    if (!isAscii || (index > 0 && !comesBefore(top.keys[index - 1] ?? "", key))) top.sorted = false;
    return this.#item(top.map[key], open);
  }

  /** Writes a scalar, or the head of an array or map and gives back what is to be written into it. */
  #item(value: CborValue, open: readonly Open[]): Open | undefined {
    if (typeof value === "string") {
      this.#text(value);
      return undefined;
    }
    this.#reserve(longestHead);
    switch (typeof value) {
      case "number":
        if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.#head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
        else this.#float(value);
        return undefined;
      case "boolean":
        this.#bytes[this.#at++] = value ? 0xf5 : 0xf4;
        return undefined;
      case "undefined":
        this.#bytes[this.#at++] = 0xf7;
        return undefined;
      case "bigint":
        this.#bigint(value, open);
        return undefined;
      case "object":
        if (value === null) {
          this.#bytes[this.#at++] = 0xf6;
          return undefined;
        }
        if (!(value instanceof Uint8Array)) return this.#container(value, open);
        this.#head(2, value.length);
        this.#reserve(value.length);
        this.#bytes.set(value, this.#at);
        this.#at += value.length;
        return undefined;
      default:
        throw new CborUnencodable(pathOf(open), `a ${typeof value} is no CBOR type`);
    }
  }

  #container(value: readonly CborValue[] | CborMap, open: readonly Open[]): Open {
    if (open.length >= maxCborDepth) throw new CborUnencodable(pathOf(open), `it lies deeper than ${maxCborDepth} arrays and maps`);
    const list = isCborArray(value) ? value : undefined;
    const map = isCborArray(value) ? {} : value;
    const keys = Object.keys(map);
    const size = list === undefined ? keys.length : list.length;
    this.#head(list === undefined ? 5 : 4, size);
    return { list, map, keys, size, marks: [], sorted: true, next: 0 };
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Major type and argument in the fewest bytes. */
  #head(major: number, argument: number): void {
    const initial = major << 5;
    if (argument < 24) this.#bytes[this.#at++] = initial | argument;
    else if (argument < 0x100) {
      this.#bytes[this.#at++] = initial | 24;
      this.#bytes[this.#at++] = argument;
    } else if (argument < 0x1_0000) {
      this.#bytes[this.#at] = initial | 25;
      this.#view.setUint16(this.#at + 1, argument);
      this.#at += 3;
    } else if (argument < 0x1_0000_0000) {
      this.#bytes[this.#at] = initial | 26;
      this.#view.setUint32(this.#at + 1, argument);
      this.#at += 5;
    } else {
      this.#bytes[this.#at] = initial | 27;
      this.#view.setUint32(this.#at + 1, Math.floor(argument / 0x1_0000_0000));
      this.#view.setUint32(this.#at + 5, argument % 0x1_0000_0000);
      this.#at += 9;
    }
  }

  #float(value: number): void {
    if (Math.fround(value) !== value && !Number.isNaN(value)) {
      this.#bytes[this.#at] = 0xfb;
      this.#view.setFloat64(this.#at + 1, value);
      this.#at += 9;
      return;
    }
    const half = float16ToBits(value);
    if (float16FromBits(half) === value || Number.isNaN(value)) {
      this.#bytes[this.#at] = 0xf9;
      this.#view.setUint16(this.#at + 1, half);
      this.#at += 3;
    } else {
      this.#bytes[this.#at] = 0xfa;
      this.#view.setFloat32(this.#at + 1, value);
      this.#at += 5;
    }
  }

  #bigint(value: bigint, open: readonly Open[]): void {
    const argument = value < 0n ? -1n - value : value;
    if (argument >= limit64) throw new CborUnencodable(pathOf(open), `${value} is beyond 64 bits`);
    const major = value < 0n ? 1 : 0;
    if (argument < 0x1_0000_0000n) this.#head(major, Number(argument));
    else {
      this.#bytes[this.#at] = (major << 5) | 27;
      this.#view.setBigUint64(this.#at + 1, argument);
      this.#at += 9;
    }
  }

  /** @returns true when it is ASCII */
  #text(value: string): boolean {
    // Nearly all text is shorter than 24 bytes: write it behind a one-byte head and move it when that guess fails.
    this.#reserve(longestHead + value.length * 3);
    const start = this.#at;
    const end = writeUtf8(value, this.#bytes, start + 1);
    const length = end - start - 1;
    if (length < 24) {
      this.#bytes[start] = 0x60 | length;
      this.#at = end;
    } else {
      this.#bytes.copyWithin(start + (length < 0x100 ? 2 : length < 0x1_0000 ? 3 : 5), start + 1, end);
      this.#head(3, length);
      this.#at += length;
    }
    return length === value.length;
  }

  /** Puts the pairs of a map that was just written in the bytewise order of their keys. */
  #sortPairs({ keys, marks }: Open, open: readonly Open[]): void {
    const start = marks[0] ?? 0;
    const body = this.#bytes.slice(start, this.#at);
    const key = (pair: number): Uint8Array => body.subarray((marks[pair * 2] ?? 0) - start, (marks[pair * 2 + 1] ?? 0) - start);
    const order = keys.map((_key, pair) => pair).sort((a, b) => compareBytes(key(a), key(b)));
    let at = start;
    for (const [place, pair] of order.entries()) {
      const before = order[place - 1];
      if (before !== undefined && compareBytes(key(before), key(pair)) === 0)
        throw new CborUnencodable(pathOf(open.slice(0, -1)), `its keys ${before} and ${pair} are written alike`);
      const part = body.subarray((marks[pair * 2] ?? 0) - start, (marks[pair * 2 + 2] ?? this.#at) - start);
      this.#bytes.set(part, at);
      at += part.length;
    }
  }
}

/** True when the key `left` stands before `right`, if both are ASCII; a map with other keys is always sorted. */
function comesBefore(left: string, right: string): boolean {
  return left.length < right.length || (left.length === right.length && left < right);
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Where the member that is being written lies. */
function pathOf(open: readonly Open[]): string {
  let path = "$";
  for (const { list, keys, next } of open) path += list === undefined ? `.${keys[next - 1] ?? ""}` : `[${next - 1}]`;
  return path;
}

/** `value` as deterministic CBOR with a buffer of its own; a `CborEncoder` saves that buffer. @throws {CborUnencodable} */
export function encodeCbor(value: CborValue): Uint8Array {
  return new CborEncoder().encode(value);
}
