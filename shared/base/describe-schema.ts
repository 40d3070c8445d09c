import type { JsonSchema } from "./json-schema.ts";

/** What a pattern asks for, in words: pattern to `a duration such as "500 ms"`. */
export type PatternWords = Readonly<Record<string, string>>;

function span(low: number | undefined, high: number | undefined): string {
  if (low !== undefined && high !== undefined) return low === high ? `${low}` : `${low} to ${high}`;
  return low !== undefined ? `at least ${low}` : `at most ${high}`;
}

function numberWords(schema: JsonSchema): string {
  const noun = schema.type === "integer" ? "a whole number" : "a number";
  const bounds: string[] = [];
  if (schema.minimum !== undefined && schema.maximum !== undefined) bounds.push(`from ${schema.minimum} to ${schema.maximum}`);
  else if (schema.minimum !== undefined) bounds.push(`of at least ${schema.minimum}`);
  else if (schema.maximum !== undefined) bounds.push(`of at most ${schema.maximum}`);
  if (schema.exclusiveMinimum !== undefined) bounds.push(`above ${schema.exclusiveMinimum}`);
  if (schema.exclusiveMaximum !== undefined) bounds.push(`below ${schema.exclusiveMaximum}`);
  return [noun, ...bounds].join(" ");
}

function textWords(schema: JsonSchema, words: PatternWords): string {
  if (schema.pattern !== undefined) return words[schema.pattern] ?? `text of the form ${schema.pattern}`;
  if (schema.minLength === 1 && schema.maxLength === undefined) return "text that is not empty";
  if (schema.minLength === undefined && schema.maxLength === undefined) return "text";
  return `text of ${span(schema.minLength, schema.maxLength)} characters`;
}

function listWords(schema: JsonSchema): string {
  const unlike = schema.uniqueItems === true ? " with no two alike" : "";
  if (schema.minItems === undefined && schema.maxItems === undefined) return `a list${unlike}`;
  return `a list of ${span(schema.minItems, schema.maxItems)} items${unlike}`;
}

function objectWords(schema: JsonSchema): string {
  if (schema.minProperties !== undefined || schema.maxProperties !== undefined) {
    return `an object of ${span(schema.minProperties, schema.maxProperties)} keys`;
  }
  const required = schema.required ?? [];
  return required.length === 0 ? "an object" : `an object with ${required.join(", ")}`;
}

/** The values of a closed set, or `undefined` for any other schema. */
export function closedSet(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  const all: unknown[] = [];
  for (const branch of schema.anyOf ?? []) {
    const values = closedSet(branch);
    if (values === undefined) return undefined;
    all.push(...values);
  }
  return schema.anyOf === undefined ? undefined : all;
}

const plain = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What a schema asks for, in a few words: `a whole number from 1 to 65535`, `one of bool, uint8`. */
export function describeSchema(schema: JsonSchema, words: PatternWords): string {
  const values = closedSet(schema);
  if (values !== undefined) return values.length === 1 ? plain(values[0]) : `one of ${values.map(plain).join(", ")}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map((branch) => describeSchema(branch, words)).join(", or ");
  switch (schema.type) {
    case "integer":
    case "number":
      return numberWords(schema);
    case "string":
      return textWords(schema, words);
    case "boolean":
      return "true or false";
    case "array":
      return listWords(schema);
    case "object":
      return objectWords(schema);
    case "null":
      return "null";
    default:
      return "any value";
  }
}
