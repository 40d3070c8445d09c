import { isJsonObject } from "../../../shared/base/json.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import { FilterInvalid } from "../../../shared/twin/documents/document-errors.ts";

/** Makes a test of a filter of a list, CEL. @throws {FilterInvalid} */
export type FilterOf = (filter: string) => (document: object) => boolean;

type Sorted = string | number | boolean | null;

interface Order {
  readonly field: string;
  readonly down: boolean;
}

const mostFields = 8;

function ordersOf(text: string | undefined): readonly Order[] {
  const fields = text === undefined ? [] : text.split(",").map((part) => part.trim());
  const orders = fields.map((part) => (part.startsWith("-") ? { field: part.slice(1), down: true } : { field: part, down: false }));
  const strange = orders.find(({ field }) => !/^[A-Za-z]{1,64}$/.test(field));
  if (strange !== undefined) throw new FilterInvalid("orderBy", `${JSON.stringify(strange.field)} is no field`);
  if (orders.length > mostFields) throw new FilterInvalid("orderBy", `more than ${mostFields} fields`);
  return [...orders, { field: "id", down: false }];
}

function fieldOf(document: object, field: string): Sorted {
  const value: unknown = Object.entries(document).find(([name]) => name === field)?.[1];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** Nothing first, then truth values, numbers and texts. */
function compare(left: Sorted, right: Sorted): number {
  const rank = (value: Sorted): number => (value === null ? 0 : ["boolean", "number", "string"].indexOf(typeof value) + 1);
  if (rank(left) !== rank(right)) return rank(left) - rank(right);
  if (left === right || left === null || right === null) return 0;
  return left < right ? -1 : 1;
}

function placeOf(cursor: string, orders: readonly Order[]): readonly Sorted[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (isJsonObject(place) && place["order"] === JSON.stringify(orders) && Array.isArray(place["at"])) {
      const at = place["at"].filter((value: unknown): value is Sorted => typeof value !== "object" || value === null);
      if (at.length === orders.length) return at;
    }
  } catch {
    // Told below.
  }
  throw new FilterInvalid("cursor", "it is not of a page of this list in this order");
}

/** One page of a list that is in memory: filtered, in order, behind a cursor. @throws {FilterInvalid} */
export function listPage<T extends { readonly id: string }>(documents: readonly T[], query: ListQuery, filterOf?: FilterOf): Page<T> {
  const orders = ordersOf(query.orderBy);
  if (query.filter !== undefined && filterOf === undefined) throw new FilterInvalid("filter", "there are no filters here");
  const keeps = query.filter === undefined ? () => true : filterOf?.(query.filter);
  const rows = documents
    .filter((document) => keeps?.(document) === true)
    .map((document) => ({ document, at: orders.map(({ field }) => fieldOf(document, field)) }));
  const order = (left: readonly Sorted[], right: readonly Sorted[]): number => {
    for (const [index, { down }] of orders.entries()) {
      const sign = compare(left[index] ?? null, right[index] ?? null);
      if (sign !== 0) return down ? -sign : sign;
    }
    return 0;
  };
  rows.sort((left, right) => order(left.at, right.at));
  const from = query.cursor === undefined ? undefined : placeOf(query.cursor, orders);
  const rest = from === undefined ? rows : rows.filter(({ at }) => order(at, from) > 0);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  const items = page.map(({ document }) => document);
  if (last === undefined || rest.length === page.length) return { items, total: rows.length };
  const cursor = Buffer.from(JSON.stringify({ order: JSON.stringify(orders), at: last.at })).toString("base64url");
  return { items, total: rows.length, cursor };
}
