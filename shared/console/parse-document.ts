import type { Static, TSchema } from "typebox";
import { checkSchema } from "../base/check-schema.ts";
import type { JsonValue } from "../base/json.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import { isPlainJson, type JsonFault, type JsonSource, locate, placeOf, scanJson } from "../base/json-source.ts";
import type { Problem } from "../base/problem.ts";
import { ConfigInvalid } from "./config-errors.ts";
import { patternWords } from "./pattern-words.ts";

/** The error for problems that were found in a file, each with its place in the text. */
export function configInvalid(file: string, text: string, problems: readonly Problem[]): ConfigInvalid {
  const places = locate(
    text,
    problems.map((problem) => problem.path),
  );
  return new ConfigInvalid(
    file,
    problems.map((problem, index) => ({ ...problem, place: places[index] ?? { line: 1, column: 1 } })),
  );
}

function syntaxError(file: string, text: string, fault: JsonFault): ConfigInvalid {
  const problem = { path: "", message: `${fault.found} is not allowed here`, expected: fault.expected };
  return new ConfigInvalid(file, [{ ...problem, place: placeOf(text, fault.offset) }]);
}

function parse(file: string, text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw syntaxError(file, text, scanJson(text).fault ?? { offset: 0, found: "text that is not JSON", expected: "JSON" });
  }
}

const plain: Pick<JsonSource, "fault" | "duplicates"> = { fault: undefined, duplicates: [] };

const fits = <Schema extends TSchema>(_schema: Schema, _value: unknown, problems: readonly Problem[]): _value is Static<Schema> =>
  problems.length === 0;

/**
 * Reads a JSON document of a known schema: strict JSON, no key twice, nothing the schema does not name.
 * @param file what messages call it
 * @throws {ConfigInvalid} with all problems and their places
 */
export function parseDocument<Schema extends TSchema & JsonSchema>(file: string, text: string, schema: Schema): Static<Schema> {
  const value = parse(file, text);
  const { fault, duplicates } = isPlainJson(text, value) ? plain : scanJson(text);
  if (fault !== undefined) throw syntaxError(file, text, fault);
  const repeated = duplicates.map((path) => ({ path, message: "the key stands here again", expected: "each key once" }));
  const problems = [...repeated, ...checkSchema(schema, value, patternWords)];
  if (!fits(schema, value, problems)) throw configInvalid(file, text, problems);
  return value;
}
