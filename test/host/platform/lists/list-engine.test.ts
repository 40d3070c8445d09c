import test from "ava";
import fc from "fast-check";
import { CelEngine } from "../../../../host/platform/cel/cel-engine.ts";
import { ListEngine, type ListPlan } from "../../../../host/platform/lists/list-engine.ts";
import { type Millis, millis } from "../../../../shared/base/units.ts";
import type { ListQuery } from "../../../../shared/console/gateway-ports.ts";
import type { ThingDocument } from "../../../../shared/twin/documents/thing-document.ts";
import type { DocumentKind, DocumentKinds, GatewayStore, ListBounds } from "../../../../shared/twin/store-ports.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";

const never = new AbortController().signal;

/** Things by id, in order. */
class Things implements Pick<GatewayStore, "list" | "getMany" | "count"> {
  readonly all = new Map<string, ThingDocument>();
  reads = 0;

  set(id: string, fields: Partial<ThingDocument> = {}): void {
    const lifecycle = { desired: "present" as const, reported: "present" as const, deleting: [] };
    this.all.set(id, { id, kind: "device", name: id, labels: {}, lifecycle, rev: 1, createdAt: 0, updatedAt: 0, ...fields });
  }
  count(): number {
    return this.all.size;
  }
  getMany<K extends DocumentKind>(kind: K, ids: readonly string[]): Promise<readonly (DocumentKinds[K] | undefined)[]> {
    return Promise.resolve(ids.map((id) => this.all.get(id)).map((found) => (isOf(kind, found) ? found : undefined)));
  }
  list<K extends DocumentKind>(kind: K, { after, limit, prefix = "", reverse = false }: ListBounds): Promise<readonly DocumentKinds[K][]> {
    this.reads++;
    const ids = [...this.all.keys()].filter((id) => id.startsWith(prefix)).sort();
    if (reverse) ids.reverse();
    const behind = ids.filter((id) => after === undefined || (reverse ? id < after : id > after));
    return Promise.resolve(
      behind
        .slice(0, limit)
        .map((id) => this.all.get(id))
        .filter((found) => isOf(kind, found)),
    );
  }
}
const isOf = <K extends DocumentKind>(_kind: K, found: ThingDocument | undefined): found is ThingDocument & DocumentKinds[K] =>
  found !== undefined;

const fields = ["id", "kind", "name", "labels", "rev", "updatedAt"];
const cel = new CelEngine();
const plan = (query: ListQuery, more: Partial<ListPlan<"thing", ThingDocument>> = {}): ListPlan<"thing", ThingDocument> => ({
  kind: "thing",
  query,
  fields,
  idOf: ({ id }) => id,
  project: (thing) => thing,
  ...more,
});

test("with a cursor everything that stays as it is comes exactly once, whatever else changes meanwhile", async (t) => {
  const orders = fc.constantFrom(undefined, "id", "-id", "name", "-name,id", "labels.line,-rev", "-updatedAt");
  const filters = fc.constantFrom(undefined, "rev >= 0.0", "kind == 'device'");
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 60 });
  const attributes = fc.record({
    name: fc.constantFrom("a", "b", "ä", ""),
    rev: fc.integer({ min: 0, max: 3 }),
    line: fc.option(fc.constantFrom("x", "y")),
  });
  await fc.assert(
    fc.asyncProperty(
      ids,
      fc.array(attributes, { minLength: 60, maxLength: 60 }),
      orders,
      filters,
      fc.integer({ min: 1, max: 9 }),
      ids,
      async (numbers, values, orderBy, filter, limit, others) => {
        const store = new Things();
        const put = (id: string, at: number): void => {
          const { name = "", rev = 0, line = null } = values[at] ?? {};
          store.set(id, { name, rev, labels: line === null ? {} : { line }, updatedAt: rev });
        };
        for (const [at, number] of numbers.entries()) put(`s-${number}`, at);
        const lists = new ListEngine({ store, cel, clock: new FakeClock() });
        const seen: string[] = [];
        const query = { limit, ...(orderBy !== undefined && { orderBy }), ...(filter !== undefined && { filter }) };
        let cursor: string | undefined;
        for (let turn = 0; ; turn++) {
          const page = await lists.list(plan({ ...query, ...(cursor !== undefined && { cursor }) }), never);
          t.true(page.items.length <= limit);
          seen.push(...page.items.map(({ id }) => id).filter((id) => id.startsWith("s-")));
          cursor = page.cursor;
          if (cursor === undefined) break;
          // Somebody else makes and takes things all the while.
          const other = others[turn];
          if (other !== undefined && !store.all.delete(`o-${other % 7}`)) put(`o-${other % 7}`, turn % 60);
        }
        t.deepEqual([...seen].sort(), numbers.map((number) => `s-${number}`).sort());
      },
    ),
    { numRuns: 150 },
  );
});

test("what is not seen is not counted", async (t) => {
  const store = new Things();
  for (let at = 0; at < 30; at++) store.set(`t-${at}`);
  const lists = new ListEngine({ store, cel, clock: new FakeClock() });
  const visible = ({ id }: ThingDocument): boolean => id.endsWith("1");
  const { items, total } = await lists.list(plan({ limit: 2 }, { visible }), never);
  t.deepEqual([items.map(({ id }) => id), total], [["t-1", "t-11"], 3]);
});

test("a list in the order of ids that everybody sees reads its page only", async (t) => {
  const store = new Things();
  for (let at = 0; at < 5000; at++) store.set(`t-${at}`);
  const lists = new ListEngine({ store, cel, clock: new FakeClock() });
  const { total, items } = await lists.list(plan({ limit: 10, orderBy: "-id" }), never);
  t.deepEqual([total, items[0]?.id, store.reads], [5000, "t-999", 1]);
});

test("a filter works on what is shown, not on what is hidden", async (t) => {
  const store = new Things();
  store.set("t-1", { description: "secret" });
  const lists = new ListEngine({ store, cel, clock: new FakeClock() });
  const project = ({ description: _, ...shown }: ThingDocument) => shown;
  const shown = await lists.list(
    { ...plan({ limit: 5, filter: "description == 'secret'" }), fields: [...fields, "description"], project },
    never,
  );
  t.is(shown.total, 0);
});

test("a list that costs too much is refused", async (t) => {
  const store = new Things();
  for (let at = 0; at < 2000; at++) store.set(`t-${at}`);
  const clock = new FakeClock();
  const few = new ListEngine({ store, cel, clock, bounds: { documents: 1000, work: millis(1000) } });
  const query = { limit: 5, filter: "name == 'x'" };
  await t.throwsAsync(few.list(plan(query), never), { name: "EDGE_QUERY_TOO_COSTLY" });
  t.is((await few.list(plan({ limit: 5 }), never)).total, 2000);
  let ticks = 0;
  const monotonic = (): Millis => {
    ticks += 300;
    return millis(ticks);
  };
  const slow = { monotonic, wall: () => clock.wall(), after: () => () => {} };
  const short = new ListEngine({ store, cel, clock: slow, bounds: { documents: 10_000, work: millis(500) } });
  await t.throwsAsync(short.list(plan(query), never), { name: "EDGE_QUERY_TOO_COSTLY", message: /filtering for 600 ms/ });
});

test("a cursor of another order, and an order that is none, are refused", async (t) => {
  const store = new Things();
  for (let at = 0; at < 20; at++) store.set(`t-${at}`);
  const lists = new ListEngine({ store, cel, clock: new FakeClock() });
  const { cursor = "" } = await lists.list(plan({ limit: 5, orderBy: "name" }), never);
  await t.throwsAsync(lists.list(plan({ limit: 5, orderBy: "-name", cursor }), never), { name: "EDGE_FILTER_INVALID" });
  await t.throwsAsync(lists.list(plan({ limit: 5, orderBy: "nmae" }), never), { message: /did you mean name/ });
  await t.throwsAsync(lists.list(plan({ limit: 5, orderBy: "id,name,kind,rev" }), never), { message: /at most 3/ });
});

test("a list ends when it is told to", async (t) => {
  const store = new Things();
  store.set("t-1");
  const lists = new ListEngine({ store, cel, clock: new FakeClock() });
  await t.throwsAsync(lists.list(plan({ limit: 5, filter: "name == 'x'" }), AbortSignal.abort()), { name: "EDGE_STOPPED" });
});
