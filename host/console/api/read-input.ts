import type { TSchema } from "typebox";
import { checkSchema } from "../../../shared/base/check-schema.ts";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import type { JsonSchema } from "../../../shared/base/json-schema.ts";
import { mostProblems, type Problem } from "../../../shared/base/problem.ts";
import type { RouteSpec } from "../../../shared/console/api/route-spec.ts";
import type { IfMatch } from "../../../shared/console/gateway-ports.ts";
import { patternWords } from "../../../shared/console/pattern-words.ts";
import { fingerprintPattern } from "../../../shared/twin/documents/board-document.ts";
import { definitionIdPattern } from "../../../shared/twin/documents/document-fields.ts";
import { scopePattern } from "../../../shared/twin/documents/principal-document.ts";
import type { Input } from "./api-call.ts";
import { RequestInvalid } from "./api-errors.ts";

/** What the patterns of requests ask for. */
const words = {
  ...patternWords,
  [definitionIdPattern]: "<kind>:<name>@<version>, as in blueprint:pump@2",
  [fingerprintPattern]: "sha256: and 64 hexadecimal digits",
  [scopePattern]: "all, thing:<id>, group:<id> or definition:<id>",
};

/** What came, not looked at yet. */
export interface RawInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: JsonValue | undefined;
}

const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Texts of a query string as what the schema wants them to be; those that are no such thing stay texts, for the check to name. */
function coerce(schema: JsonSchema, query: object): JsonValue {
  const coerced: Record<string, JsonValue> = {};
  for (const [name, text] of Object.entries(query)) {
    const type = schema.properties?.[name]?.type;
    if ((type === "integer" || type === "number") && typeof text === "string" && numberForm.test(text)) coerced[name] = Number(text);
    else if (type === "boolean" && (text === "true" || text === "false")) coerced[name] = text === "true";
    else coerced[name] = text;
  }
  return coerced;
}

function collect(problems: Problem[], place: string, schema: TSchema & JsonSchema, value: JsonValue | undefined): void {
  if (value === undefined) {
    problems.push({ path: place, message: "missing", expected: "a body" });
    return;
  }
  for (const { path, message, expected } of checkSchema(schema, value, words))
    problems.push({ path: `${place}${path}`, message, expected });
}

const isJson = (value: unknown): value is JsonValue => value !== undefined;

const fits = <Route extends RouteSpec>(_route: Route, _input: object, problems: readonly Problem[]): _input is Input<Route> =>
  problems.length === 0;

/** Checks what came against the schemas of the route. @throws {RequestInvalid} with every problem, its path beginning with /path, /query or /body */
export function readInput<Route extends RouteSpec>(route: Route, raw: RawInput): Input<Route> {
  const problems: Problem[] = [];
  const params = route.params === undefined ? undefined : raw.params;
  const query = typeof raw.query === "object" && raw.query !== null ? coerce(route.query ?? {}, raw.query) : {};
  if (route.params !== undefined && isJson(params)) collect(problems, "/path", route.params, params);
  if (route.query !== undefined) collect(problems, "/query", route.query, query);
  else if (isJsonObject(query))
    for (const name of Object.keys(query)) problems.push({ path: `/query/${name}`, message: "unknown property", expected: "no query" });
  if (route.body !== undefined && route.bodyForm !== "bytes" && (raw.body !== undefined || route.bodyOptional !== true))
    collect(problems, "/body", route.body, raw.body);
  const input = { params, query: route.query === undefined ? undefined : query, body: raw.body };
  if (!fits(route, input, problems)) throw new RequestInvalid(problems.slice(0, mostProblems));
  return input;
}

const etagForm = /^"rev-(\d{1,15})"$/;

/** The revision that the asker saw. `*` is any. @throws {RequestInvalid} RFC 9110 §13.1.1 */
export function readIfMatch(header: string | undefined): IfMatch {
  if (header === undefined || header === "*") return {};
  const rev = etagForm.exec(header)?.[1];
  if (rev === undefined)
    throw new RequestInvalid([
      {
        path: "/headers/if-match",
        message: `${JSON.stringify(header.slice(0, 80))} is not allowed`,
        expected: 'an ETag such as "rev-7", or *',
      },
    ]);
  return { ifRev: Number(rev) };
}
