import type { JsonObject } from "../../base/json.ts";
import { nearestName } from "../../base/nearest-name.ts";
import type { Problem } from "../../base/problem.ts";
import type { Actor } from "../access/access-ports.ts";
import type { DefinitionDocument } from "../documents/definition-document.ts";
import { FieldNotYours, ResourceInvalid } from "../documents/document-errors.ts";
import type { FeatureOfThing } from "../documents/feature-of-thing-document.ts";
import type { ThingDocument } from "../documents/thing-document.ts";

/** Who writes a field of a document. `maker`: whoever makes the document, once. `gateway`: nobody, it is counted. */
export const FieldOwner = { user: "user", board: "board", reconciler: "reconciler", maker: "maker", gateway: "gateway" } as const;
export type FieldOwner = (typeof FieldOwner)[keyof typeof FieldOwner];

/** The owner of each field of a document. */
export type FieldOwners = Readonly<Record<string, FieldOwner>>;

const { user, board, reconciler, maker, gateway } = FieldOwner;
const stamps = { rev: gateway, createdAt: gateway, updatedAt: gateway };

export const thingOwners: FieldOwners = {
  id: maker,
  kind: maker,
  name: user,
  description: user,
  definition: user,
  labels: user,
  selector: user,
  board: gateway,
  lifecycle: gateway,
  ...stamps,
} satisfies Record<keyof ThingDocument, FieldOwner>;

export const definitionOwners: FieldOwners = {
  id: maker,
  kind: maker,
  title: user,
  description: user,
  attributes: user,
  ...stamps,
} satisfies Record<keyof DefinitionDocument, FieldOwner>;

const boardFeature: FieldOwners = {
  thing: maker,
  id: maker,
  owner: maker,
  title: user,
  definition: user,
  traits: board,
  desired: user,
  reported: board,
  status: reconciler,
  desiredRev: gateway,
  observedRev: reconciler,
  reconcile: reconciler,
  ...stamps,
} satisfies Record<keyof FeatureOfThing, FieldOwner>;
const userFeature: FieldOwners = { ...boardFeature, reported: user, traits: user };

/** What people keep they report themselves. */
export const featureOwners = (owner: FeatureOfThing["owner"]): FieldOwners => (owner === "user" ? userFeature : boardFeature);

const sideOf: Readonly<Record<Actor["type"], FieldOwner | undefined>> = {
  user,
  key: user,
  board,
  reconciler,
  // The gateway itself acts for any side.
  system: undefined,
};

const words: Readonly<Record<FieldOwner, string>> = {
  user: "users",
  board: "the board",
  reconciler: "reconcilers",
  maker: "whoever makes the document, once",
  gateway: "the gateway",
};

/**
 * Lets a merge patch through only when every field that it names is the actor's; `null` for a field counts as naming it.
 * @throws {FieldNotYours} one is not · {ResourceInvalid} one does not exist. Nothing may be applied then.
 */
export function checkFieldOwners(what: string, owners: FieldOwners, actor: Actor, patch: JsonObject): void {
  const side = sideOf[actor.type];
  const unknown: Problem[] = [];
  for (const field of Object.keys(patch)) {
    const owner = Object.hasOwn(owners, field) ? owners[field] : undefined;
    if (owner === undefined) unknown.push(unknownField(field, Object.keys(owners)));
    else if (side === undefined ? owner === maker || owner === gateway : owner !== side)
      throw new FieldNotYours(field, words[owner], side === undefined ? "the gateway on its own" : words[side]);
  }
  if (unknown.length > 0) throw new ResourceInvalid(what, unknown);
}

function unknownField(field: string, known: readonly string[]): Problem {
  const near = nearestName(field, known);
  return {
    path: `/${field}`,
    message: "unknown field",
    expected: near === undefined ? `one of ${known.join(", ")}` : `${near} was meant`,
  };
}
