import { isId } from "../../base/id.ts";
import type { JsonValue } from "../../base/json.ts";
import { type CborMap, type CborValue, isCborArray } from "../../broker/cbor-value.ts";
import { beginning, type Cursor } from "../../pipeline/cursor.ts";
import { LinkMessageInvalid } from "./link-errors.ts";
import { linkBounds } from "./link-limits.ts";

/** True for maps; arrays and bytes are none. */
export function isCborMap(value: CborValue): value is CborMap {
  return typeof value === "object" && value !== null && !isCborArray(value) && !(value instanceof Uint8Array);
}

const sessionForm = /^[0-9a-f]{32}$/;

/** Reads the members of one map, each of its form. Every method throws {LinkMessageInvalid} with the member's name. */
export class MessageFields {
  readonly #map: CborMap;
  readonly #what: string;

  constructor(map: CborMap, what: string) {
    this.#map = map;
    this.#what = what;
  }

  has(name: string): boolean {
    return this.#map[name] !== undefined;
  }

  bad(name: string, expected: string): LinkMessageInvalid {
    return new LinkMessageInvalid(`${this.#what}, member ${name}: expected ${expected}`);
  }

  /** A whole number from 0 to `most`. */
  count(name: string, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#map[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > most)
      throw this.bad(name, `a whole number from 0 to ${most}`);
    return value;
  }

  /** Any finite number of at least 0. */
  number(name: string): number {
    const value = this.#map[name];
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw this.bad(name, "a number of at least 0");
    return value;
  }

  /** Any finite number. */
  finite(name: string): number {
    const value = this.#map[name];
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.bad(name, "a number");
    return value;
  }

  flag(name: string): boolean {
    const value = this.#map[name];
    if (typeof value !== "boolean") throw this.bad(name, "true or false");
    return value;
  }

  text(name: string, longest: number = linkBounds.text): string {
    const value = this.#map[name];
    if (typeof value !== "string" || value.length > longest) throw this.bad(name, `text of at most ${longest} characters`);
    return value;
  }

  id(name: string): string {
    const value = this.#map[name];
    if (typeof value !== "string" || !isId(value)) throw this.bad(name, "an id");
    return value;
  }

  /** 32 hexadecimal digits: sessions, starts and lives are named so. */
  hex(name: string): string {
    const value = this.#map[name];
    if (typeof value !== "string" || !sessionForm.test(value)) throw this.bad(name, "32 hexadecimal digits");
    return value;
  }

  bytes(name: string, most: number): Uint8Array {
    const value = this.#map[name];
    if (!(value instanceof Uint8Array) || value.length > most) throw this.bad(name, `at most ${most} bytes`);
    return value;
  }

  /** Exactly `length` bytes. */
  exactly(name: string, length: number): Uint8Array {
    const value = this.#map[name];
    if (!(value instanceof Uint8Array) || value.length !== length) throw this.bad(name, `${length} bytes`);
    return value;
  }

  cursor(name: string): Cursor {
    const value = this.#map[name];
    if (!isCborMap(value)) throw this.bad(name, "a cursor");
    const fields = new MessageFields(value, `${this.#what}, ${name}`);
    const term = fields.count("term", 0xffff_ffff);
    const seq = fields.count("seq");
    return term === 0 && seq === 0 ? beginning : { term, seq };
  }

  *maps(name: string, most: number): Generator<MessageFields> {
    const value = this.#map[name];
    if (!isCborArray(value) || value.length > most) throw this.bad(name, `a list of at most ${most} items`);
    for (const item of value) {
      if (!isCborMap(item)) throw this.bad(name, "a list of maps");
      yield new MessageFields(item, `${this.#what}, ${name}`);
    }
  }

  /** What JSON can say. */
  json(name: string): JsonValue {
    return this.#json(this.#map[name], name);
  }

  #json(value: CborValue, name: string): JsonValue {
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (isCborArray(value)) return value.map((item) => this.#json(item, name));
    if (!isCborMap(value)) throw this.bad(name, "a value of JSON");
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#json(item, name)]));
  }
}
