import { isJsonObject } from "../../../shared/base/json.ts";
import { nearestName } from "../../../shared/base/nearest-name.ts";
import { FilterInvalid } from "../../../shared/twin/documents/document-errors.ts";

/** What documents are ordered by; absent values come first. */
export type SortKey = string | number | boolean | null;

/** One document's place in an order. */
export interface Place {
  readonly keys: readonly SortKey[];
  readonly id: string;
}

interface Field {
  readonly path: readonly string[];
  readonly descending: boolean;
}

const mostFields = 3;
/** Texts are told apart by so many characters, so that cursors stay short. */
const keyLength = 64;

const rank = (key: SortKey): number => (key === null ? 0 : typeof key === "boolean" ? 1 : typeof key === "number" ? 2 : 3);

function compareKeys(left: SortKey, right: SortKey): number {
  if (left === right) return 0;
  if (left === null || right === null || typeof left !== typeof right) return rank(left) - rank(right);
  return left < right ? -1 : 1;
}

function keyOf(document: unknown, path: readonly string[]): SortKey {
  let value: unknown = document;
  for (const step of path) value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  if (typeof value === "string") return value.slice(0, keyLength);
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** An order of documents: by some fields, and by id where these are alike, so that no two places are the same. */
export class ListOrder {
  /** As it was asked for; orders that are asked for alike are alike. */
  readonly text: string;
  readonly #fields: readonly Field[];

  /**
   * @param text fields joined by commas, `-` first for descending, steps of a path joined by dots; absent or `id`: by id alone
   * @param names what a field may begin with @throws {FilterInvalid}
   */
  constructor(text: string | undefined, names: readonly string[]) {
    this.text = text ?? "";
    this.#fields = this.text === "" ? [] : this.text.split(",").map((part) => fieldOf(part.trim(), names));
    if (this.#fields.length > mostFields)
      throw new FilterInvalid("order", `${this.#fields.length} fields; at most ${mostFields} are taken`);
  }

  /** How ids alone order it, when they do. */
  get byId(): "ascending" | "descending" | undefined {
    const [first] = this.#fields;
    if (first === undefined) return "ascending";
    if (first.path.length !== 1 || first.path[0] !== "id") return undefined;
    return first.descending ? "descending" : "ascending";
  }

  placeOf(document: object, id: string): Place {
    return { id, keys: this.#fields.map(({ path }) => keyOf(document, path)) };
  }

  compare(left: Place, right: Place): number {
    for (const [at, { descending }] of this.#fields.entries()) {
      const order = compareKeys(left.keys[at] ?? null, right.keys[at] ?? null);
      if (order !== 0) return descending ? -order : order;
    }
    return left.id === right.id ? 0 : left.id < right.id ? -1 : 1;
  }
}

function fieldOf(part: string, names: readonly string[]): Field {
  const descending = part.startsWith("-");
  const path = (descending ? part.slice(1) : part).split(".");
  const [first = ""] = path;
  if (!names.includes(first)) {
    const near = nearestName(first, names);
    throw new FilterInvalid("order", `there is no field ${JSON.stringify(first)}${near === undefined ? "" : `; did you mean ${near}?`}`);
  }
  return { path, descending };
}
