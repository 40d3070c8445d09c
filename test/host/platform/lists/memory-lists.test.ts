import test from "ava";
import fc from "fast-check";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";
import { MemoryLists } from "../../../../host/platform/lists/memory-lists.ts";
import type { Page } from "../../../../shared/console/gateway-ports.ts";

interface Item {
  readonly id: string;
  readonly size: number;
}

const lists = new MemoryLists(new CelEngine());
const fields = ["id", "size"];

function* pages(
  items: readonly Item[],
  limit: number,
  more: { readonly orderBy?: string; readonly filter?: string },
): Generator<Page<Item>> {
  for (let cursor: string | undefined; ; ) {
    const page = lists.page("item", items, fields, { limit, ...more, ...(cursor !== undefined && { cursor }) });
    yield page;
    cursor = page.cursor;
    if (cursor === undefined) return;
  }
}

const some = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 6 }), size: fc.integer({ min: 0, max: 3 }) }), {
  selector: ({ id }) => id,
  maxLength: 25,
});

test("pages give every item that fits once, in order, and the total of all", (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 7 }), fc.boolean(), (items, limit, down) => {
        const all = [...pages(items, limit, { orderBy: down ? "-size" : "size", filter: "size > 0" })];
        const expected = items
          .filter(({ size }) => size > 0)
          .sort((a, b) => (down ? b.size - a.size : a.size - b.size) || (a.id < b.id ? -1 : 1));
        const found = all.flatMap((page) => page.items);
        return all.every(({ total }) => total === expected.length) && JSON.stringify(found) === JSON.stringify(expected);
      }),
    ),
  );
});

test("a cursor of another list or order, a field that is not there and a filter that is none are refused", (t) => {
  const items = [
    { id: "a", size: 1 },
    { id: "b", size: 2 },
  ];
  const { cursor = "" } = lists.page("item", items, fields, { limit: 1 });
  t.is(lists.page("item", items, fields, { limit: 1, cursor }).items[0]?.id, "b");
  for (const query of [{ cursor, orderBy: "size" }, { orderBy: "colour" }, { filter: "colour == 1" }, { filter: "size >" }])
    t.throws(() => lists.page("item", items, fields, { limit: 1, ...query }), { code: "EDGE_FILTER_INVALID" });
  t.throws(() => lists.page("other", items, fields, { limit: 1, cursor }), { code: "EDGE_FILTER_INVALID" });
});
