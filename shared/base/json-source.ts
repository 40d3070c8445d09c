import type { JsonValue } from "./json.ts";
import { pointerSteps, pointerTo } from "./json-pointer.ts";

/** A place in a text, both from 1; columns in UTF-16 units, as editors count them. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a text that should be JSON. */
export interface JsonFault {
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
}

/** What only the text of a JSON document tells. */
export interface JsonSource {
  /** The first thing that is not JSON; the rest of this picture ends there. */
  readonly fault: JsonFault | undefined;
  /** Pointers of keys that an object has twice: a parser silently keeps the last. */
  readonly duplicates: readonly string[];
  /** Offsets of the keys and list items that were asked for. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** Deeper nesting is refused; configuration needs eight levels. */
const deepest = 64;

/** The way from the root, kept as a chain because pointers are wanted for few of the places. */
interface Place {
  readonly outer: Place | undefined;
  readonly step: string | number;
}

const pointerOf = (place: Place | undefined): string => (place === undefined ? "" : pointerTo(pointerOf(place.outer), place.step));

class Scanner {
  readonly #space = /[ \t\n\r]*/y;
  /** Without the control characters, which must be escaped. */
  readonly #string = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
  readonly #number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
  readonly #word = /(?:true|false|null)(?!\w)/y;
  /** What a fault shows of the text. */
  readonly #token = /[^\s,:{}[\]"]{1,20}|[\s\S]/y;
  readonly #text: string;
  readonly #wanted: ReadonlySet<string>;
  #at = 0;
  readonly duplicates: string[] = [];
  readonly offsets = new Map<string, number>();

  constructor(text: string, wanted: ReadonlySet<string>) {
    this.#text = text;
    this.#wanted = wanted;
  }

  document(): JsonFault | undefined {
    return this.#value(undefined, 0) ?? (this.#skip() === undefined ? undefined : this.#fault("the end of the file"));
  }

  #take(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Passes over white space. @returns the character after it, `undefined` at the end */
  #skip(): string | undefined {
    this.#take(this.#space);
    return this.#text[this.#at];
  }

  #mark(place: Place, offset: number): void {
    if (this.#wanted.size === 0) return;
    const pointer = pointerOf(place);
    if (this.#wanted.has(pointer)) this.offsets.set(pointer, offset);
  }

  #fault(expected: string): JsonFault {
    const offset = this.#at;
    const found = this.#take(this.#string) ?? this.#take(this.#token);
    const shown = found === undefined ? "the end of the file" : found.length > 40 ? `${found.slice(0, 40)}…` : found;
    if (found === '"') return { offset, found: "a text that does not end or has a bad escape", expected };
    if (found?.startsWith("/") === true) return { offset, found: "a comment", expected };
    return { offset, found: shown, expected };
  }

  #value(place: Place | undefined, depth: number): JsonFault | undefined {
    const next = this.#skip();
    if (depth > deepest) return { offset: this.#at, found: `more than ${deepest} levels`, expected: "fewer" };
    if (next === "{") return this.#object(place, depth);
    if (next === "[") return this.#list(place, depth);
    if (next === '"') return this.#take(this.#string) === undefined ? this.#fault("a value") : undefined;
    return this.#take(this.#number) === undefined && this.#take(this.#word) === undefined ? this.#fault("a value") : undefined;
  }

  #object(outer: Place | undefined, depth: number): JsonFault | undefined {
    const seen = new Set<string>();
    this.#at++;
    if (this.#skip() === "}") {
      this.#at++;
      return undefined;
    }
    for (;;) {
      this.#skip();
      const offset = this.#at;
      const key = this.#take(this.#string);
      if (key === undefined) return this.#fault('a key in double quotes, as in "id"');
      const place: Place = { outer, step: key.includes("\\") ? String(JSON.parse(key)) : key.slice(1, -1) };
      if (seen.has(String(place.step))) this.duplicates.push(pointerOf(place));
      seen.add(String(place.step));
      this.#mark(place, offset);
      if (this.#skip() !== ":") return this.#fault('":"');
      this.#at++;
      const fault = this.#value(place, depth + 1);
      if (fault !== undefined) return fault;
      const next = this.#skip();
      if (next !== "," && next !== "}") return this.#fault('"," or "}"');
      this.#at++;
      if (next === "}") return undefined;
    }
  }

  #list(outer: Place | undefined, depth: number): JsonFault | undefined {
    this.#at++;
    if (this.#skip() === "]") {
      this.#at++;
      return undefined;
    }
    for (let index = 0; ; index++) {
      this.#skip();
      const place: Place = { outer, step: index };
      this.#mark(place, this.#at);
      const fault = this.#value(place, depth + 1);
      if (fault !== undefined) return fault;
      const next = this.#skip();
      if (next !== "," && next !== "]") return this.#fault('"," or "]"');
      this.#at++;
      if (next === "]") return undefined;
    }
  }
}

/** Reads a JSON text for faults and repeated keys, not for values. RFC 8259. @param wanted pointers whose offsets are asked for */
export function scanJson(text: string, wanted: ReadonlySet<string> = new Set()): JsonSource {
  const scanner = new Scanner(text, wanted);
  const fault = scanner.document();
  return { fault, duplicates: scanner.duplicates, offsets: scanner.offsets };
}

/** Keys of a JSON text: colons that stand outside of texts; `undefined` where it nests too deep. */
function keysInText(text: string): number | undefined {
  let keys = 0;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) quoted = !quoted;
    else if (unit === 0x5c) at++;
    else if (quoted) continue;
    else if (unit === 0x3a) keys++;
    else if (unit === 0x7b || unit === 0x5b) depth++;
    else if (unit === 0x7d || unit === 0x5d) depth--;
    if (depth > deepest + 1) return undefined;
  }
  return keys;
}

function keysInValue(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 0;
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const item of Object.values(value)) keys += keysInValue(item);
  return keys;
}

/**
 * True when a valid JSON text nests no deeper than is sensible and no object has a key twice. Far cheaper than {@link scanJson}, which tells more.
 * @param value what a parser made of the text
 */
export function isPlainJson(text: string, value: JsonValue): boolean {
  const keys = keysInText(text);
  return keys !== undefined && keys === keysInValue(value);
}

/** Line and column of an offset. */
export function placeOf(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

/** Where each pointer's key or item stands in the text; for a missing one: where the nearest outer one does. */
export function locate(text: string, pointers: readonly string[]): readonly TextPlace[] {
  const prefixes = pointers.map((pointer) => {
    const steps = pointerSteps(pointer);
    return steps.map((_, index) => steps.slice(0, steps.length - index).reduce<string>((outer, step) => pointerTo(outer, step), ""));
  });
  const { offsets } = scanJson(text, new Set(prefixes.flat()));
  return prefixes.map((chain) => placeOf(text, chain.map((pointer) => offsets.get(pointer)).find((offset) => offset !== undefined) ?? 0));
}
