import type { JsonValue } from "../../../shared/base/json.ts";
import type { EventDocument } from "../../../shared/twin/documents/event-document.ts";
import { sameJson } from "../../../shared/twin/same-json.ts";
import type { DocumentKind } from "../../../shared/twin/store-ports.ts";
import { documentFacts } from "./document-facts.ts";
import type { KeptDocument } from "./kept-document.ts";

/** What every document has from the store itself. */
const stamps: ReadonlySet<string> = new Set(["rev", "createdAt", "updatedAt"]);

/** An event without its number, time and actor. */
export type EventBody = Omit<EventDocument, "seq" | "at" | "actor">;

/** Names of the top-level fields in which two documents differ, but for their stamps. A field that is `undefined` is none. */
export function changedFields(before: object, after: object): readonly string[] {
  const changed: string[] = [];
  for (const [name, value] of Object.entries(after)) {
    if (stamps.has(name)) continue;
    const old: JsonValue | undefined = Reflect.get(before, name);
    const now: JsonValue | undefined = value;
    const same = old === undefined || now === undefined ? old === now : sameJson(old, now);
    if (!same) changed.push(name);
  }
  for (const [name, value] of Object.entries(before)) {
    if (!stamps.has(name) && value !== undefined && !Object.hasOwn(after, name)) changed.push(name);
  }
  return changed;
}

/** The event of a document that was made, changed or removed; `undefined` for kinds whose changes are no events. Nothing secret is in it. */
export function eventOf<K extends DocumentKind>(
  kind: K,
  id: string,
  change: { readonly before: KeptDocument<K> | undefined; readonly after: KeptDocument<K> | undefined; readonly mask: readonly string[] },
): EventBody | undefined {
  const { before, after } = change;
  const facts = documentFacts[kind];
  const document = (after ?? before)?.document;
  if (!facts.events || document === undefined) return undefined;
  const thing = facts.thing(document);
  const mask = change.mask.filter((field) => !Object.hasOwn(facts.hidden, field));
  return {
    type: `${kind}.${before === undefined ? "created" : after === undefined ? "deleted" : "updated"}`,
    kind,
    id,
    ...(thing === undefined ? {} : { thing }),
    rev: document.rev,
    ...(mask.length === 0 ? {} : { mask: [...mask] }),
    ...(before === undefined ? {} : { before: before.hash }),
    ...(after === undefined ? {} : { after: after.hash }),
    severity: "info",
  };
}
