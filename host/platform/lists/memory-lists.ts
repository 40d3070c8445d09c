import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { CelEngine } from "../cel/cel-engine.ts";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";
import { ListOrder } from "./list-order.ts";

/** Lists of what is in memory already, asked for like those of the store. */
export class MemoryLists {
  readonly #cel: CelEngine;

  constructor(cel: CelEngine) {
    this.#cel = cel;
  }

  /**
   * One page of what the asker may see: filtered, in order, behind a cursor.
   * @param name tells the list from others, for its cursors
   * @param fields what a filter and an order may begin with
   * @throws {FilterInvalid}
   */
  page<T extends { readonly id: string }>(name: string, items: readonly T[], fields: readonly string[], query: ListQuery): Page<T> {
    const order = new ListOrder(query.orderBy, fields);
    const list = `${name} ${order.text}`;
    const after = query.cursor === undefined ? undefined : decodeCursor(list, query.cursor);
    const keeps = query.filter === undefined ? undefined : this.#cel.compile(query.filter, { what: "filter", fields });
    const rows = (keeps === undefined ? items : items.filter((item) => keeps(item)))
      .map((item) => ({ item, place: order.placeOf(item, item.id) }))
      .sort((left, right) => order.compare(left.place, right.place));
    const rest = after === undefined ? rows : rows.filter(({ place }) => order.compare(place, after) > 0);
    const page = rest.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: page.map(({ item }) => item),
      total: rows.length,
      ...(rest.length > page.length && last !== undefined && { cursor: encodeCursor(list, last.place) }),
    };
  }
}
