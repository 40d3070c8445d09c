import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import type { ListQuery, Page } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { AlreadyExists, NotFound, ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import { membership, RelationDocument, RelationIntent } from "../../../shared/twin/documents/relation-document.ts";
import type { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import { asJson } from "./as-json.ts";
import { shaped } from "./resource-gate.ts";
import type { ResourceTools } from "./resource-parts.ts";

const fields = Object.keys(RelationDocument.properties);
/** Kinds of things that others can be in. */
const holders: ReadonlySet<ThingDocument["kind"]> = new Set<ThingDocument["kind"]>(["group", "site", "gateway", "board"]);
/** So many groups are looked through for a circle. */
const mostAbove = 10_000;
const pageSize = 500;

/** Edges between things. Whoever may change both ends may make one: membership lets the grants on the parent cover the child. */
export class RelationResources {
  readonly #tools: ResourceTools;
  /** One after the other: two that are sound alone can make a circle together. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(tools: ResourceTools) {
    this.#tools = tools;
  }

  list(actor: Actor, query: ListQuery, stop: StopSignal): Promise<Page<RelationDocument>> {
    const sees = this.#tools.gate.sees(actor, "relation:list");
    const visible =
      sees === undefined ? undefined : ({ parent, child }: RelationDocument) => sees({ thing: parent }) && sees({ thing: child });
    return this.#tools.lists.list({ kind: "relation", query, fields, idOf: ({ id }) => id, project: (one) => one, visible }, stop);
  }

  async get(actor: Actor, id: string): Promise<RelationDocument> {
    const relation = await this.#tools.store.get("relation", id);
    if (relation === undefined) throw new NotFound("relation", id);
    const { gate } = this.#tools;
    for (const thing of [relation.parent, relation.child]) gate.read(actor, "relation:read", "relation", id, { thing });
    return relation;
  }

  create(actor: Actor, given: RelationIntent): Promise<RelationDocument> {
    const id = joinIds(given.parent, given.name, given.child);
    const attempt = { action: "relation:create", kind: "relation", id };
    const made = this.#turn.then(() => this.#tools.gate.try(actor, attempt, () => this.#create(actor, id, given)));
    this.#turn = made.catch(() => {});
    return made;
  }

  delete(actor: Actor, id: string): Promise<void> {
    const { gate, store, writer } = this.#tools;
    const attempt = { action: "relation:delete", kind: "relation", id };
    return gate.try(actor, attempt, async () => {
      await writer.change(async () => {
        const now = await store.get("relation", id);
        if (now === undefined) throw new NotFound("relation", id);
        gate.need(actor, "relation:delete", { thing: now.parent }, { thing: now.child });
        const audit = [auditDone(actor, attempt, { before: now.rev })];
        return { change: { actor: actor.id, deletes: [{ kind: "relation", id, ifRev: now.rev }], audit }, result: true };
      });
    });
  }

  async #create(actor: Actor, id: string, given: RelationIntent): Promise<RelationDocument> {
    const { gate, store, writer } = this.#tools;
    const intent = shaped(`relation ${id}`, RelationIntent, asJson(given));
    const { parent, name, child } = intent;
    const attempt = { action: "relation:create", kind: "relation", id };
    const made = await writer.write("relation", id, { actor, attempt }, async (now) => {
      const ends = await store.getMany("thing", [parent, child]);
      const [above, below] = ends;
      if (above === undefined) throw new NotFound("thing", parent);
      if (below === undefined) throw new NotFound("thing", child);
      gate.need(actor, "relation:create", { thing: parent }, { thing: child });
      if (now !== undefined) throw new AlreadyExists("relation", id);
      if (name === membership) await this.#checkMembership(id, above, child);
      else if (parent === child) throw circle(id, child);
      const still = [above, below].map((thing) => ({
        kind: "thing" as const,
        id: thing.id,
        document: draftOf<"thing">(thing),
        ifRev: thing.rev,
      }));
      return { document: { id, ...intent }, beside: { puts: still } };
    });
    if (made === undefined) throw new NotFound("relation", id);
    return made;
  }

  /** @throws {ResourceInvalid} the parent holds nothing, or the child is above it */
  async #checkMembership(id: string, parent: ThingDocument, child: string): Promise<void> {
    if (!holders.has(parent.kind)) {
      const problem = { path: "/parent", message: `is a ${parent.kind}`, expected: `one of ${[...holders].join(", ")}` };
      throw new ResourceInvalid(`relation ${id}`, [problem]);
    }
    const above = new Set([parent.id]);
    for (const thing of above) {
      if (thing === child || above.size > mostAbove) throw circle(id, child);
      for (const one of await this.#parentsOf(thing)) above.add(one);
    }
  }

  async #parentsOf(thing: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#tools.store.lookup("child", `${thing}/${membership}/`, {
        limit: pageSize,
        ...(after !== undefined && { after }),
      });
      for (const id of page) ids.push(id.slice(0, id.indexOf("/")));
      after = page.at(-1);
      if (after === undefined || page.length < pageSize) return ids;
    }
  }
}

const circle = (id: string, child: string): ResourceInvalid =>
  new ResourceInvalid(`relation ${id}`, [{ path: "/child", message: `${child} is above the parent already`, expected: "no circle" }]);
