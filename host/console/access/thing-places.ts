import type { Log } from "../../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../../shared/base/metric.ts";
import type { Places } from "../../../shared/twin/access/group-members.ts";
import { MembershipGraph } from "../../../shared/twin/access/membership-graph.ts";
import { splitIds } from "../../../shared/twin/documents/document-fields.ts";
import { membership, type RelationDocument } from "../../../shared/twin/documents/relation-document.ts";
import type { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";
import { followDocuments } from "./follow-documents.ts";

/** Makes a test of a group's selector. @throws {FilterInvalid} */
export type CompileSelector = (selector: string) => (thing: ThingDocument) => boolean;

export interface ThingPlacesParts {
  readonly store: Pick<GatewayStore, "list" | "onCommit">;
  readonly log: Log;
  /** Absent: groups have members by relations only. */
  readonly compileSelector?: CompileSelector;
}

const mostSelectors = 256;
const pageSize = 500;

interface Selector {
  readonly text: string;
  readonly picks: (thing: ThingDocument) => boolean;
}

/** Where things stand, for scopes: their definition, their board and their groups, as they were committed last, in memory. */
export class ThingPlaces implements Places, MetricSource {
  readonly #parts: ThingPlacesParts;
  readonly #graph = new MembershipGraph();
  readonly #things = new Map<string, { readonly definition: string | undefined; readonly board: string | undefined }>();
  readonly #selectors = new Map<string, Selector>();
  /** Groups whose selector is being tried on all things, and the things that were looked at since in another way. */
  readonly #scans = new Map<string, { readonly seen: Set<string>; readonly done: Promise<void> }>();
  #ignored = 0;
  #ends: readonly (() => void)[] = [];
  #closed = false;

  private constructor(parts: ThingPlacesParts) {
    this.#parts = parts;
  }

  static async open(parts: ThingPlacesParts): Promise<ThingPlaces> {
    const places = new ThingPlaces(parts);
    const things = { put: (thing: ThingDocument) => places.#take(thing), remove: (id: string) => places.#drop(id) };
    const relations = { put: (edge: RelationDocument) => places.#join(edge), remove: (id: string) => places.#part(id) };
    places.#ends = [await followDocuments(parts.store, "thing", things), await followDocuments(parts.store, "relation", relations)];
    await places.settled();
    return places;
  }

  groupsOf(thing: string): ReadonlySet<string> {
    return this.#graph.groupsOf(thing);
  }

  isWithin(thing: string, group: string): boolean {
    return this.#graph.isWithin(thing, group);
  }

  definitionOf(thing: string): string | undefined {
    return this.#things.get(thing)?.definition;
  }

  /** The board that brings a thing. */
  boardOf(thing: string): string | undefined {
    return this.#things.get(thing)?.board;
  }

  isThing(id: string): boolean {
    return this.#things.has(id);
  }

  /** Resolves when every selector has been tried on every thing. Until then a new selector picks fewer, never more, than it should. */
  async settled(): Promise<void> {
    while (this.#scans.size > 0) await Promise.all([...this.#scans.values()].map(({ done }) => done));
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "penstock_access_selectors_ignored_total",
        help: "Selectors of groups that pick nothing because they are wrong or too many.",
        type: "counter",
        values: [{ labels: {}, value: this.#ignored }],
      },
    ];
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#ends) end();
    this.#ends = [];
    await this.settled();
  }

  #take(thing: ThingDocument): void {
    const { id, definition, board, selector } = thing;
    this.#things.set(id, { definition, board });
    if (selector !== this.#selectors.get(id)?.text) this.#setSelector(id, selector);
    if (this.#selectors.size === 0) return;
    const picked = [...this.#selectors].flatMap(([group, one]) => (this.#picks(group, one, thing) ? [group] : []));
    this.#graph.select(id, picked);
    for (const { seen } of this.#scans.values()) seen.add(id);
  }

  #drop(id: string): void {
    this.#things.delete(id);
    if (this.#selectors.has(id)) this.#setSelector(id, undefined);
    this.#graph.select(id, []);
    for (const { seen } of this.#scans.values()) seen.add(id);
  }

  #join({ parent, name, child }: RelationDocument): void {
    if (name === membership) this.#graph.relate(child, parent);
  }

  #part(id: string): void {
    const [parent, name, child] = splitIds(id, 3) ?? [];
    if (name === membership && parent !== undefined && child !== undefined) this.#graph.unrelate(child, parent);
  }

  #picks(group: string, { picks }: Selector, thing: ThingDocument): boolean {
    if (thing.id === group) return false;
    try {
      return picks(thing);
    } catch {
      return false;
    }
  }

  #setSelector(group: string, text: string | undefined): void {
    this.#selectors.delete(group);
    this.#scans.delete(group);
    this.#graph.unselect(group);
    const compile = this.#parts.compileSelector;
    if (text === undefined || compile === undefined) return;
    try {
      if (this.#selectors.size >= mostSelectors) throw new Error(`there are ${mostSelectors} selectors already`);
      const selector = { text, picks: compile(text) };
      this.#selectors.set(group, selector);
      this.#scan(group, selector);
    } catch (error) {
      this.#ignored++;
      this.#parts.log.warn({ group, error }, "the selector of a group picks nothing");
    }
  }

  #scan(group: string, selector: Selector): void {
    const seen = new Set<string>();
    const walk = async (): Promise<void> => {
      try {
        for (let after: string | undefined; !this.#closed; ) {
          const page: readonly ThingDocument[] = await this.#parts.store.list("thing", {
            limit: pageSize,
            ...(after !== undefined && { after }),
          });
          if (this.#selectors.get(group) !== selector) return;
          for (const thing of page) {
            if (!seen.has(thing.id) && this.#picks(group, selector, thing)) {
              this.#graph.select(thing.id, [...this.#graph.selectedBy(thing.id), group]);
            }
          }
          after = page.at(-1)?.id;
          if (page.length < pageSize || after === undefined) return;
        }
      } catch (error) {
        this.#parts.log.warn({ group, error }, "the members of a group cannot be looked up");
      } finally {
        if (this.#scans.get(group)?.seen === seen) this.#scans.delete(group);
      }
    };
    // It begins when it stands among the scans: it takes itself out.
    this.#scans.set(group, { seen, done: Promise.resolve().then(walk) });
  }
}
