import type { IndexName, ListBounds } from "../../../shared/twin/store-ports.ts";
import type { StoreDatabase } from "./store-database.ts";
import type { StoreGate } from "./store-gate.ts";
import { asText, escapeStep, hexNumber, indexPrefix } from "./store-keys.ts";
import { rangeOf, type StoredDocuments } from "./stored-documents.ts";

export interface IndexLookup {
  readonly db: StoreDatabase;
  readonly gate: StoreGate;
  readonly documents: StoredDocuments;
  readonly index: IndexName;
  readonly key: string;
  readonly bounds: ListBounds;
}

/** Ids under an index, in its order: operations as they were made, relations by name and parent, all else by id. */
export async function lookUp({ db, gate, documents, index, key, bounds }: IndexLookup): Promise<readonly string[]> {
  const { after, prefix: _, ...rest } = bounds;
  const keysOf = (home: string, range: ListBounds): Promise<readonly string[]> =>
    gate.pass(() => db.keys<string>({ ...asText, ...rangeOf(home, range) }).all());
  if (index === "child") {
    const home = indexPrefix(index);
    const behind = after === undefined ? {} : { after: turnRelation(after, ([parent, name, child]) => `${child}/${name}/${parent}`) };
    const keys = await keysOf(home, { ...rest, ...behind, prefix: key });
    return keys.map((one) => turnRelation(one.slice(home.length), ([child, name, parent]) => `${parent}/${name}/${child}`));
  }
  const home = `${indexPrefix(index)}${escapeStep(key)}/`;
  if (index === "operation") {
    const last = after === undefined ? undefined : await documents.get("operation", after);
    // Nobody knows where one that is gone stood; to begin anew could go on for ever.
    if (after !== undefined && last === undefined) return [];
    const behind = last === undefined ? {} : { after: `${hexNumber(last.createdAt)}/${last.id}` };
    const keys = await keysOf(home, { ...rest, ...behind });
    return keys.map((one) => one.slice(home.length + hexNumber(0).length + 1));
  }
  const keys = await keysOf(home, bounds);
  return keys.map((one) => one.slice(home.length));
}

function turnRelation(id: string, turn: (steps: readonly string[]) => string): string {
  return turn(id.split("/"));
}
