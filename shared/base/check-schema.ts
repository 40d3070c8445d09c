import { closedSet, describeSchema, type PatternWords } from "./describe-schema.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { pointerTo } from "./json-pointer.ts";
import type { JsonSchema } from "./json-schema.ts";
import { nearestName } from "./nearest-name.ts";
import { mostProblems, type Problem } from "./problem.ts";

/** One walk over one document, with what it has worked out about the schema. */
interface Walk {
  readonly problems: Problem[];
  readonly words: PatternWords;
  readonly patterns: Map<string, RegExp>;
  readonly closed: Map<JsonSchema, readonly unknown[] | undefined>;
}

/** The way from the root, kept as a chain because pointers are wanted for few of the places. */
interface Place {
  readonly outer: Place | undefined;
  readonly step: string | number;
}

const pointerOf = (place: Place | undefined): string => (place === undefined ? "" : pointerTo(pointerOf(place.outer), place.step));

const isJsonArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** A value as an error message shows it. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length} items`;
  if (isJsonObject(value)) return "an object";
  if (typeof value === "number" && !Number.isFinite(value)) return "a number too large";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `text of ${text.length - 2} characters`;
}

/** Adds `(did you mean …?)` where one of `known` is near. */
export function orMaybe(expected: string, mistyped: unknown, known: Iterable<string>): string {
  const near = typeof mistyped === "string" ? nearestName(mistyped, known) : undefined;
  return near === undefined ? expected : `${expected} (did you mean ${near}?)`;
}

function add(walk: Walk, place: Place | undefined, message: string, expected: string): void {
  if (walk.problems.length < mostProblems) walk.problems.push({ path: pointerOf(place), message, expected });
}

function reject(walk: Walk, schema: JsonSchema, value: JsonValue, place: Place | undefined): void {
  const values = closedSet(schema) ?? schema.anyOf?.flatMap((branch) => closedSet(branch) ?? []) ?? [];
  const names = values.filter((name) => typeof name === "string");
  add(walk, place, `${showValue(value)} is not allowed`, orMaybe(describeSchema(schema, walk.words), value, names));
}

function closedSetOf(walk: Walk, schema: JsonSchema): readonly unknown[] | undefined {
  if (!walk.closed.has(schema)) walk.closed.set(schema, closedSet(schema));
  return walk.closed.get(schema);
}

function matches(walk: Walk, pattern: string, text: string): boolean {
  let form = walk.patterns.get(pattern);
  if (form === undefined) {
    form = new RegExp(pattern, "u");
    walk.patterns.set(pattern, form);
  }
  return form.test(text);
}

function textFits(walk: Walk, schema: JsonSchema, value: string): boolean {
  if (schema.pattern !== undefined && !matches(walk, schema.pattern, value)) return false;
  if (schema.minLength === undefined && schema.maxLength === undefined) return true;
  const length = [...value].length;
  return length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Number.POSITIVE_INFINITY);
}

function numberFits(schema: JsonSchema, value: number): boolean {
  return (
    Number.isFinite(value) &&
    (schema.type !== "integer" || Number.isInteger(value)) &&
    value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (schema.maximum ?? Number.POSITIVE_INFINITY) &&
    value > (schema.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
    value < (schema.exclusiveMaximum ?? Number.POSITIVE_INFINITY)
  );
}

function listFits(schema: JsonSchema, value: readonly JsonValue[]): boolean {
  if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY)) return false;
  return schema.uniqueItems !== true || new Set(value.map((item) => JSON.stringify(item))).size === value.length;
}

function checkObject(walk: Walk, schema: JsonSchema, value: JsonObject, outer: Place | undefined): void {
  const keys = Object.keys(value);
  if (keys.length < (schema.minProperties ?? 0) || keys.length > (schema.maxProperties ?? Number.POSITIVE_INFINITY)) {
    add(walk, outer, `an object of ${keys.length} keys is not allowed`, describeSchema(schema, walk.words));
  }
  const properties = schema.properties ?? {};
  for (const step of schema.required ?? []) {
    if (!Object.hasOwn(value, step)) add(walk, { outer, step }, "missing", describeSchema(properties[step] ?? {}, walk.words));
  }
  for (const step of keys) {
    const item = value[step];
    if (item === undefined) continue;
    const inner = Object.hasOwn(properties, step) ? properties[step] : propertyByPattern(walk, schema, step);
    if (inner !== undefined) check(walk, inner, item, { outer, step });
    else if (schema.additionalProperties === false) rejectName(walk, schema, step, { outer, step });
  }
}

function propertyByPattern(walk: Walk, schema: JsonSchema, name: string): JsonSchema | undefined {
  const patterns = schema.patternProperties ?? {};
  const pattern = Object.keys(patterns).find((form) => matches(walk, form, name));
  if (pattern !== undefined) return patterns[pattern];
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

function rejectName(walk: Walk, schema: JsonSchema, name: string, place: Place): void {
  const pattern = Object.keys(schema.patternProperties ?? {})[0];
  if (pattern !== undefined) {
    add(walk, place, `the name ${showValue(name)} is not allowed`, describeSchema({ type: "string", pattern }, walk.words));
    return;
  }
  const known = Object.keys(schema.properties ?? {});
  add(walk, place, "unknown property", orMaybe(`one of ${known.join(", ")}`, name, known));
}

/** The keys by which a reader tells the object branches of a union apart. */
const signature = (branch: JsonSchema, all: readonly JsonSchema[]): string[] =>
  (branch.required ?? []).filter((key) => !all.every((other) => other.required?.includes(key)));

/** Tells of the one branch that was meant, where the value shows which; a list of what each branch lacks would help nobody. */
function rejectObject(walk: Walk, branches: readonly JsonSchema[], value: JsonObject, outer: Place | undefined): void {
  const step = Object.keys(branches[0]?.properties ?? {}).find((key) =>
    branches.every((branch) => branch.properties?.[key]?.const !== undefined),
  );
  if (step !== undefined) {
    const tag = value[step];
    const chosen = branches.find((branch) => branch.properties?.[step]?.const === tag);
    const tags: JsonSchema = { anyOf: branches.map((branch) => branch.properties?.[step] ?? {}) };
    if (chosen !== undefined) check(walk, chosen, value, outer);
    else if (tag !== undefined) reject(walk, tags, tag, { outer, step });
    else add(walk, { outer, step }, "missing", describeSchema(tags, walk.words));
    return;
  }
  const signatures = branches.map((branch) => signature(branch, branches));
  const present = signatures.map((keys) => keys.filter((key) => Object.hasOwn(value, key)));
  const candidates = branches.filter((_, index) => (present[index]?.length ?? 0) > 0);
  const meant = candidates[0] ?? branches.find((_, index) => signatures[index]?.length === 0);
  if (candidates.length < 2 && meant !== undefined) {
    check(walk, meant, value, outer);
    return;
  }
  const kinds = signatures.map((keys) => keys.join(" and ")).join(", ");
  const found = [...new Set(present.flat())];
  const message = found.length === 0 ? "no kind given" : `${found.join(" and ")} exclude each other`;
  add(walk, outer, message, `exactly one of ${kinds}`);
}

function checkUnion(walk: Walk, schema: JsonSchema, branches: readonly JsonSchema[], value: JsonValue, place: Place | undefined): void {
  const fits = branches.some((branch) => {
    const trial: Walk = { ...walk, problems: [] };
    check(trial, branch, value, place);
    return trial.problems.length === 0;
  });
  if (fits) return;
  const objects = branches.filter((branch) => branch.type === "object");
  if (isJsonObject(value) && objects.length > 0) rejectObject(walk, objects, value, place);
  else reject(walk, schema, value, place);
}

function checkList(walk: Walk, schema: JsonSchema, value: readonly JsonValue[], outer: Place | undefined): void {
  if (!listFits(schema, value)) reject(walk, schema, value, outer);
  if (schema.items === undefined) return;
  for (const [step, item] of value.entries()) check(walk, schema.items, item, { outer, step });
}

/** True for a value of the kind that has no parts and fits. */
function scalarFits(walk: Walk, schema: JsonSchema, value: JsonValue): boolean {
  switch (schema.type) {
    case "integer":
    case "number":
      return typeof value === "number" && numberFits(schema, value);
    case "string":
      return typeof value === "string" && textFits(walk, schema, value);
    case "boolean":
      return typeof value === "boolean";
    case "null":
      return value === null;
    default:
      return schema.type === undefined;
  }
}

function check(walk: Walk, schema: JsonSchema, value: JsonValue, place: Place | undefined): void {
  const closed = closedSetOf(walk, schema);
  if (closed !== undefined) {
    if (!closed.includes(value)) reject(walk, schema, value, place);
  } else if (schema.anyOf !== undefined) checkUnion(walk, schema, schema.anyOf, value, place);
  else if (schema.type === "object" && isJsonObject(value)) checkObject(walk, schema, value, place);
  else if (schema.type === "array" && isJsonArray(value)) checkList(walk, schema, value, place);
  else if (!scalarFits(walk, schema, value)) reject(walk, schema, value, place);
}

/**
 * All that keeps `value` from being what `schema` says, with human words for each; empty when it fits. At most {@link mostProblems}.
 * @param schema only the keywords of {@link JsonSchema}
 */
export function checkSchema(schema: JsonSchema, value: JsonValue, words: PatternWords = {}): readonly Problem[] {
  const walk: Walk = { problems: [], words, patterns: new Map(), closed: new Map() };
  check(walk, schema, value, undefined);
  return walk.problems;
}
