import { type TSchema, Type } from "typebox";
import { idPattern } from "../../base/id.ts";

/** Most documents of one page. */
export const mostListed = 500;

/** What every list of documents takes. */
export const listMembers = {
  filter: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1024, description: "CEL over the document's fields, as in labels.line == 'a'; true keeps it" }),
  ),
  orderBy: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description: "fields joined by commas, - first for descending, as in -updatedAt,id; default the id",
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: mostListed, default: 50, description: "documents of one page; default 50" })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: "from the page before" })),
};
export const ListParameters = Type.Object(listMembers, { additionalProperties: false });

/** The schema of a page of documents. @param name of the page, among the schemas */
export const pageOf = <Item extends TSchema>(name: string, item: Item) =>
  Type.Object(
    {
      items: Type.Array(item),
      total: Type.Integer({ description: "all that match and that the asker may see" }),
      cursor: Type.Optional(Type.String({ description: "asks for the next page; absent on the last" })),
    },
    { $id: name, additionalProperties: false },
  );

/** A path of one id. */
export const IdParameter = Type.Object({ id: Type.String({ pattern: idPattern }) }, { additionalProperties: false });
export const ThingParameter = Type.Object({ thing: Type.String({ pattern: idPattern }) }, { additionalProperties: false });

/** A member of a merge patch: something, or null to take it away. RFC 7396 */
export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]));
