import type { Static, TSchema } from "typebox";
import { checkSchema } from "../base/check-schema.ts";
import type { JsonValue } from "../base/json.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import { locate, placeOf, repeatsKeys, scanJson } from "../base/json-source.ts";
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

function parse(file: string, text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    const { offset, found, expected } = scanJson(text).fault ?? { offset: 0, found: "text that is not JSON", expected: "JSON" };
    throw new ConfigInvalid(file, [{ path: "", message: `${found} is not allowed here`, expected, place: placeOf(text, offset) }]);
  }
}

const fits = <Schema extends TSchema>(_schema: Schema, _value: unknown, problems: readonly Problem[]): _value is Static<Schema> =>
  problems.length === 0;

/**
 * Reads a JSON document of a known schema: strict JSON, no key twice, nothing the schema does not name.
 * @param file what messages call it
 * @throws {ConfigInvalid} with all problems and their places
 */
export function parseDocument<Schema extends TSchema & JsonSchema>(file: string, text: string, schema: Schema): Static<Schema> {
  const value = parse(file, text);
  const twice = repeatsKeys(text, value) ? scanJson(text).duplicates : [];
  const repeated = twice.map((path) => ({ path, message: "the key stands here again", expected: "each key once" }));
  const problems = [...repeated, ...checkSchema(schema, value, patternWords)];
  if (!fits(schema, value, problems)) throw configInvalid(file, text, problems);
  return value;
}
