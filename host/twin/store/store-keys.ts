import type { DocumentKind, IndexName } from "../../../shared/twin/store-ports.ts";

/** What the keys of a gateway's store begin with. Numbers in keys are 16 hexadecimal digits, so that their order is that of the numbers. */
export const Space = {
  meta: "meta/",
  /** `doc/<kind>/<id>` ► document. */
  document: "doc/",
  /** `idx/<index>/<key>/…` ► nothing. */
  index: "idx/",
  /** `st/<key>` ► state of a room. */
  state: "st/",
  /** `cur/<board>/<stream>` ► place. */
  cursor: "cur/",
  /** `ev/<seq>` ► event. */
  event: "ev/",
  /** `evc/<subscriber>` ► seq. */
  eventCursor: "evc/",
  /** `aud/<seq>` ► audit line. */
  audit: "aud/",
  /** History keeps its own order behind it, in binary. */
  history: "rec/",
} as const;
export type Space = (typeof Space)[keyof typeof Space];

/** How texts are read and written beside the binary keys of the history. */
export const asText = { keyEncoding: "utf8", valueEncoding: "utf8" } as const;

/** Where a document lies. */
export const documentKey = (kind: DocumentKind, id: string): string => `${Space.document}${kind}/${id}`;
/** What the keys of an index begin with. */
export const indexPrefix = (index: IndexName): string => `${Space.index}${index}/`;
/** Where the event or line with a number lies. */
export const numberedKey = (space: Space, number: number): string => `${space}${hexNumber(number)}`;
/** The number that a key ends with. */
export const numberOf = (key: string): number => Number.parseInt(key.slice(-16), 16);

/** A number in 16 digits, so that texts of numbers have their order. */
export function hexNumber(number: number): string {
  return number.toString(16).padStart(16, "0");
}

/** A text that may hold anything, without `/`. */
export function escapeStep(text: string): string {
  return text.includes("/") || text.includes("%") ? text.replaceAll("%", "%25").replaceAll("/", "%2F") : text;
}

/** Behind every key that begins with `prefix`: no character comes after U+10FFFF. */
export const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;
