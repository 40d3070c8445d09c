import type { IfMatch } from "../../../shared/console/gateway-ports.ts";
import type { Actor } from "../../../shared/twin/access/access-ports.ts";
import { auditDone } from "../../../shared/twin/access/audit-done.ts";
import { NotFound } from "../../../shared/twin/documents/document-errors.ts";
import { joinIds } from "../../../shared/twin/documents/document-fields.ts";
import type { ThingDocument } from "../../../shared/twin/documents/thing-document.ts";
import { draftOf } from "../../../shared/twin/resources/draft-of.ts";
import type { AuditDraft, Change, DocumentDelete, DocumentPut } from "../../../shared/twin/store-ports.ts";
import { checkRev } from "./document-writer.ts";
import type { References } from "./references.ts";
import type { ResourceTools } from "./resource-parts.ts";

/** Somebody who has to clean up before a thing may go. */
export interface ThingFinalizer {
  /** Stands in `lifecycle.deleting` until it has. */
  readonly name: string;
  concerns(thing: ThingDocument): boolean;
}

/** Things that a board brings wait for it to let go of them. */
export const boardFinalizer: ThingFinalizer = {
  name: "board",
  concerns: ({ board, kind }) => board !== undefined || kind === "board",
};

/** Takes things away: at once, or when everybody who has to clean up has done so. */
export class ThingRemoval {
  readonly #tools: ResourceTools;
  readonly #references: References;
  readonly #finalizers: ThingFinalizer[] = [boardFinalizer];

  constructor(tools: ResourceTools, references: References) {
    this.#tools = tools;
    this.#references = references;
  }

  register(finalizer: ThingFinalizer): void {
    this.#finalizers.push(finalizer);
  }

  /** @returns what is left of it, `undefined` when it is gone */
  delete(actor: Actor, id: string, { ifRev, force = false }: IfMatch & { readonly force?: boolean }): Promise<ThingDocument | undefined> {
    const { gate, store, writer } = this.#tools;
    const attempt = { action: force ? "thing:exec" : "thing:delete", kind: "thing", id };
    return gate.try(actor, attempt, async () => {
      const isLeft = await writer.change(async () => {
        const thing = await store.get("thing", id);
        if (thing === undefined) throw new NotFound("thing", id);
        gate.need(actor, "thing:delete", { thing: id });
        if (force) gate.need(actor, "thing:exec", { thing: id });
        if (ifRev !== undefined) checkRev("thing", id, ifRev, thing.rev);
        const waiting = this.#finalizers.filter((one) => one.concerns(thing)).map(({ name }) => name);
        await this.#references.checkUnusedThing(id, waiting.length > 0);
        if (force || waiting.length === 0) {
          const audit = [auditDone(actor, attempt, { before: thing.rev })];
          return { change: await this.#removal(actor.id, thing, audit), result: false };
        }
        if (thing.lifecycle.desired === "deleted") return undefined;
        const put: DocumentPut<"thing"> = {
          kind: "thing",
          id,
          document: { ...draftOf<"thing">(thing), lifecycle: { desired: "deleted", reported: "deleting", deleting: waiting } },
          ifRev: thing.rev,
        };
        const audit = [auditDone(actor, attempt, { mask: ["lifecycle"], before: thing.rev, after: thing.rev + 1 })];
        return { change: { actor: actor.id, puts: [put], audit }, result: true };
      });
      return isLeft === false ? undefined : store.get("thing", id);
    });
  }

  /** Says that one of those who had to clean up has done so; the last one takes the thing away. */
  async finalize(actor: Actor, id: string, name: string): Promise<void> {
    const { store, writer } = this.#tools;
    await writer.change(async () => {
      const thing = await store.get("thing", id);
      if (thing === undefined || !thing.lifecycle.deleting.includes(name)) return undefined;
      const deleting = thing.lifecycle.deleting.filter((one) => one !== name);
      if (deleting.length === 0) {
        const audit = [auditDone(actor, { action: "thing:delete", kind: "thing", id }, { before: thing.rev })];
        return { change: await this.#removal(actor.id, thing, audit), result: true };
      }
      const document = { ...draftOf<"thing">(thing), lifecycle: { ...thing.lifecycle, deleting } };
      return { change: { actor: actor.id, puts: [{ kind: "thing", id, document, ifRev: thing.rev }] }, result: true };
    });
  }

  /** The thing with all that is kept of it but its history. */
  async #removal(actor: string, thing: ThingDocument, audit: readonly AuditDraft[]): Promise<Change> {
    const { store } = this.#tools;
    const { id } = thing;
    const deletes: DocumentDelete[] = [{ kind: "thing", id, ifRev: thing.rev }];
    for await (const feature of this.#references.all("feature", (one) => joinIds(one.thing, one.id), `${id}/`))
      deletes.push({ kind: "feature", id: joinIds(id, feature.id) });
    for (const alias of await everyId((after) => store.lookup("aliased", id, { limit: pageSize, ...after })))
      deletes.push({ kind: "alias", id: alias });
    const relations = new Set(await everyId((after) => store.lookup("child", `${id}/`, { limit: pageSize, ...after })));
    for await (const relation of this.#references.all("relation", (one) => one.id, `${id}/`)) relations.add(relation.id);
    for (const relation of relations) deletes.push({ kind: "relation", id: relation });
    return { actor, deletes, audit };
  }
}

const pageSize = 500;

async function everyId(page: (after: { readonly after?: string }) => Promise<readonly string[]>): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const found = await page(after === undefined ? {} : { after });
    ids.push(...found);
    after = found.at(-1);
    if (after === undefined || found.length < pageSize) return ids;
  }
}
