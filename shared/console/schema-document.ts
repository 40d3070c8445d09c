import { closedSet } from "../base/describe-schema.ts";
import type { JsonSchema } from "../base/json-schema.ts";

/** Places of the dialect, which editors understand best. JSON Schema draft-07. */
const dialect = "http://json-schema.org/draft-07/schema#";

type Definitions = Map<string, Record<string, unknown>>;

function mapValues(schemas: Readonly<Record<string, JsonSchema>>, definitions: Definitions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, reference(schema, definitions)]));
}

/** The schema itself, or a reference where it has a name: then it stands once, among the definitions. */
function reference(schema: JsonSchema, definitions: Definitions): Record<string, unknown> {
  const { $id, ...unnamed } = schema;
  if ($id === undefined) return copy(unnamed, definitions);
  if (!definitions.has($id)) {
    definitions.set($id, {});
    definitions.set($id, copy(unnamed, definitions));
  }
  return { $ref: `#/definitions/${$id}` };
}

function copy(schema: JsonSchema, definitions: Definitions): Record<string, unknown> {
  const { anyOf, properties, patternProperties, additionalProperties, items, ...rest } = schema;
  const values = anyOf === undefined ? undefined : closedSet(schema);
  if (values !== undefined) return { ...rest, enum: values };
  return {
    ...rest,
    ...(anyOf !== undefined && { anyOf: anyOf.map((branch) => reference(branch, definitions)) }),
    ...(properties !== undefined && { properties: mapValues(properties, definitions) }),
    ...(patternProperties !== undefined && { patternProperties: mapValues(patternProperties, definitions) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === "object" ? reference(additionalProperties, definitions) : additionalProperties,
    }),
    ...(items !== undefined && { items: reference(items, definitions) }),
  };
}

/** A schema as a document of its own, for editors: draft-07, named parts under `definitions`, closed sets as `enum`. @param file its name, also its `$id` */
export function schemaDocument(file: string, title: string, schema: JsonSchema): object {
  const definitions: Definitions = new Map();
  const { $id: _name, ...unnamed } = schema;
  const body = copy(unnamed, definitions);
  return { $schema: dialect, $id: file, title, ...body, definitions: Object.fromEntries(definitions) };
}
