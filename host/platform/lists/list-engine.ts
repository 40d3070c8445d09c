import type { Clock } from "../../../shared/base/clock.ts";
import { type StopSignal, throwIfStopped } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import { QueryTooCostly } from "../../../shared/twin/documents/document-errors.ts";
import type { DocumentKind, DocumentKinds, GatewayStore } from "../../../shared/twin/store-ports.ts";
import type { CelEngine, CelPredicate } from "../cel/cel-engine.ts";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";
import { ListOrder, type Place } from "./list-order.ts";

/** A list of documents of one kind, as somebody sees it. */
export interface ListPlan<K extends DocumentKind, T extends object> {
  readonly kind: K;
  readonly query: ListQuery;
  /** Names that a filter and an order may begin with. */
  readonly fields: readonly string[];
  /** The id under which the store keeps it. */
  readonly idOf: (document: DocumentKinds[K]) => string;
  /** What the asker is shown of it: this is filtered, ordered and given out. */
  readonly project: (document: DocumentKinds[K]) => T;
  /** False leaves it out, also from the total. Absent: everything is seen. */
  readonly visible?: ((document: DocumentKinds[K]) => boolean) | undefined;
  /** Ids that begin with it. */
  readonly prefix?: string | undefined;
  /** Only these, instead of all that there are. */
  readonly ids?: readonly string[] | undefined;
}

export interface ListEngineParts {
  readonly store: Pick<GatewayStore, "list" | "getMany" | "count">;
  readonly cel: CelEngine;
  readonly clock: Clock;
  readonly bounds?: ListCosts;
}

/** What one query may cost. */
export interface ListCosts {
  /** Documents that are looked at. */
  readonly documents: number;
  /** Time of the processor for filtering and ordering. */
  readonly work: Millis;
}

const usual: ListCosts = { documents: 100_000, work: millis(500) };
const pageSize = 500;

/** Answers lists page by page. A cursor names the last place that was given: what does not change meanwhile is given exactly once. */
export class ListEngine {
  readonly #parts: ListEngineParts;
  readonly #bounds: ListCosts;

  constructor(parts: ListEngineParts) {
    this.#parts = parts;
    this.#bounds = parts.bounds ?? usual;
  }

  /** @throws {FilterInvalid} filter, order or cursor · {QueryTooCostly} · {Stopped} · those of the store */
  async list<K extends DocumentKind, T extends object>(plan: ListPlan<K, T>, stop: StopSignal): Promise<Page<T>> {
    const { query, fields, kind } = plan;
    const order = new ListOrder(query.orderBy, fields);
    const name = `${kind} ${order.text}`;
    const after = query.cursor === undefined ? undefined : decodeCursor(name, query.cursor);
    const keeps = query.filter === undefined ? undefined : this.#parts.cel.compile(query.filter, { what: "filter", fields });
    const ids = kind === "feature" && query.orderBy !== undefined ? undefined : order.byId;
    const plain = keeps === undefined && plan.visible === undefined && plan.ids === undefined && plan.prefix === undefined;
    const { total, entries } =
      plain && ids !== undefined
        ? await this.#page(plan, order, ids === "descending", after)
        : await this.#scan(plan, { order, after, keeps }, stop);
    const items = entries.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map(({ item }) => item),
      total,
      ...(entries.length > items.length && last !== undefined && { cursor: encodeCursor(name, last.place) }),
    };
  }

  /** The store's own order, and everything is seen: only the page is read. */
  async #page<K extends DocumentKind, T extends object>(
    plan: ListPlan<K, T>,
    order: ListOrder,
    reverse: boolean,
    after: Place | undefined,
  ) {
    const { kind, query } = plan;
    const { store } = this.#parts;
    const documents = await store.list(kind, { limit: query.limit + 1, reverse, ...(after !== undefined && { after: after.id }) });
    return { total: store.count(kind), entries: documents.map((document) => entryOf(plan, order, document)) };
  }

  async #scan<K extends DocumentKind, T extends object>(
    plan: ListPlan<K, T>,
    { order, after, keeps }: { readonly order: ListOrder; readonly after: Place | undefined; readonly keeps: CelPredicate | undefined },
    stop: StopSignal,
  ): Promise<{ readonly total: number; readonly entries: readonly Entry<T>[] }> {
    const { clock } = this.#parts;
    const wanted = plan.query.limit + 1;
    const best: Entry<T>[] = [];
    const prune = (): void => {
      best.sort((left, right) => order.compare(left.place, right.place));
      best.length = Math.min(best.length, wanted);
    };
    let total = 0;
    let seen = 0;
    let work = 0;
    for await (const documents of this.#documents(plan)) {
      throwIfStopped(stop);
      const begun = clock.monotonic();
      for (const document of documents) {
        if (plan.visible !== undefined && !plan.visible(document)) continue;
        const entry = entryOf(plan, order, document);
        if (keeps !== undefined && !keeps(entry.item)) continue;
        total++;
        if (after === undefined || order.compare(entry.place, after) > 0) best.push(entry);
      }
      if (best.length > wanted * 2 + pageSize) prune();
      seen += documents.length;
      work += clock.monotonic() - begun;
      this.#checkCost(seen, work);
    }
    prune();
    return { total, entries: best };
  }

  #checkCost(seen: number, work: number): void {
    const { documents, work: most } = this.#bounds;
    if (seen > documents) throw new QueryTooCostly(`looking at ${seen} documents`, `the ${documents} that one list may look at`);
    if (work > most) throw new QueryTooCostly(`filtering for ${Math.round(work)} ms`, `the ${most} ms that one list may take`);
  }

  async *#documents<K extends DocumentKind, T extends object>({
    kind,
    ids,
    prefix,
    idOf,
  }: ListPlan<K, T>): AsyncGenerator<readonly DocumentKinds[K][]> {
    const { store } = this.#parts;
    if (ids !== undefined) {
      for (let at = 0; at < ids.length; at += pageSize) {
        const found = await store.getMany(kind, ids.slice(at, at + pageSize));
        yield found.filter((document) => document !== undefined);
      }
      return;
    }
    const bounds = { limit: pageSize, ...(prefix !== undefined && { prefix }) };
    for (let after: string | undefined; ; ) {
      const documents: readonly DocumentKinds[K][] = await store.list(kind, { ...bounds, ...(after !== undefined && { after }) });
      const last = documents.at(-1);
      if (last === undefined) return;
      yield documents;
      if (documents.length < pageSize) return;
      after = idOf(last);
    }
  }
}

interface Entry<T> {
  readonly place: Place;
  readonly item: T;
}

function entryOf<K extends DocumentKind, T extends object>(plan: ListPlan<K, T>, order: ListOrder, document: DocumentKinds[K]): Entry<T> {
  const item = plan.project(document);
  return { item, place: order.placeOf(item, plan.idOf(document)) };
}
