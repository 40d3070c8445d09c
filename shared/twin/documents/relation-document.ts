import { type Static, Type } from "typebox";
import { idPattern } from "../../base/id.ts";

const Id = Type.String({ pattern: idPattern });
const stamps = { rev: Type.Integer(), createdAt: Type.Integer(), updatedAt: Type.Integer() };

/** An external name of a thing; one triple names one thing. */
export const AliasIntent = Type.Object({ network: Id, key: Id, value: Id, thing: Id }, { $id: "AliasIntent", additionalProperties: false });
export type AliasIntent = Static<typeof AliasIntent>;
/** The id is `<network>/<key>/<value>`. */
export const AliasDocument = Type.Object({ id: Type.String(), ...AliasIntent.properties, ...stamps }, { $id: "Alias" });
export type AliasDocument = Static<typeof AliasDocument>;

/** A typed edge. `in` is membership: the child is in the group or site `parent`, and grants on the parent cover it. */
export const RelationIntent = Type.Object({ parent: Id, name: Id, child: Id }, { $id: "RelationIntent", additionalProperties: false });
export type RelationIntent = Static<typeof RelationIntent>;
/** The id is `<parent>/<name>/<child>`. */
export const RelationDocument = Type.Object({ id: Type.String(), ...RelationIntent.properties, ...stamps }, { $id: "Relation" });
export type RelationDocument = Static<typeof RelationDocument>;

/** Name of the relation of membership. */
export const membership = "in";
