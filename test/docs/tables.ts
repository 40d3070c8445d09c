import { closedSet, describeSchema } from "../../shared/base/describe-schema.ts";
import { durationPattern } from "../../shared/base/duration.ts";
import { idPattern } from "../../shared/base/id.ts";
import type { JsonSchema } from "../../shared/base/json-schema.ts";
import { topicTable } from "../../shared/broker/topic-table.ts";
import { apiRoutes } from "../../shared/console/api/api-routes.ts";
import type { RouteSpec } from "../../shared/console/api/route-spec.ts";
import { errorCatalogue } from "../../shared/console/error-catalogue.ts";
import { patternWords } from "../../shared/console/pattern-words.ts";
import { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { type SettingRow, settingsTable } from "../../shared/console/settings.ts";
import { rolesWith } from "../../shared/twin/access/permissions.ts";
import { boardFamilies } from "./metric-families.ts";

/** Short words for the two kinds of text that stand in most rows. */
const words = { ...patternWords, [idPattern]: "id", [durationPattern]: "duration" };

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function errorTable(): string {
  const rows = Object.entries(errorCatalogue).map(([name, { meaning, remedy }]) => [code(name), cell(meaning), cell(remedy)]);
  return table(["code", "what it means", "what to do"], rows);
}

function topicsTable(): string {
  const rows = topicTable.map(({ pattern, publisher, qos, retained, payload, description }) => [
    code(pattern),
    publisher,
    `${qos}${retained ? ", retained" : ""}`,
    payload,
    cell(description),
  ]);
  return table(["topic", "published by", "QoS", "payload", "what it carries"], rows);
}

function settingTable(): string {
  const rows: readonly SettingRow[] = settingsTable;
  return table(
    ["flag", "environment", "default", "what it sets"],
    rows.map((row) => [code(row.flag), row.variable === undefined ? "" : code(row.variable), cell(row.default ?? ""), cell(row.help)]),
  );
}

/** The least role that a route's permission asks for. */
function whoMay({ permission }: RouteSpec): string {
  if (permission === "public") return "everybody";
  if (permission === "login") return "who is logged in";
  return rolesWith(permission)[0] ?? "boards and reconcilers";
}

function routeTable(): string {
  const routes: readonly RouteSpec[] = Object.values(apiRoutes);
  return table(
    ["route", "does", "permission", "least role"],
    routes.map((route) => [code(`${route.method} ${route.path}`), cell(route.summary), code(route.permission), whoMay(route)]),
  );
}

/** One row for each key below a schema, the keys of its parts behind it. */
function keyRows(schema: JsonSchema, path: string): readonly (readonly string[])[] {
  if (schema.items !== undefined && closedSet(schema.items) === undefined) return keyRows(schema.items, `${path}[]`);
  const pattern = Object.values(schema.patternProperties ?? {})[0];
  const branches = (schema.anyOf ?? []).flatMap((branch) => keyRows(branch, path));
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const place = path === "" ? key : `${path}.${key}`;
    const required = schema.required?.includes(key) === true ? "yes" : "";
    return [[code(place), required, cell(describeSchema(part, words)), cell(part.description ?? "")], ...keyRows(part, place)];
  });
  return [...own, ...branches, ...(pattern === undefined ? [] : keyRows(pattern, `${path}.<name>`))];
}

function configTable(): string {
  const rows = new Map(keyRows(PenstockConfig, "").map((row) => [row[0], row]));
  return table(["key", "required", "value", "what it means"], [...rows.values()]);
}

async function metricTable(): Promise<string> {
  const families = await boardFamilies();
  return table(
    ["metric", "type", "what it measures"],
    families.map(({ name, type, help }) => [code(name), type, cell(help.replace(/\.$/, ""))]),
  );
}

/** The generated parts of the documents, by the name of their marker. */
export const docTables: Readonly<Record<string, () => string | Promise<string>>> = {
  errors: errorTable,
  topics: topicsTable,
  settings: settingTable,
  config: configTable,
  metrics: metricTable,
  routes: routeTable,
};

/** A marked part: `<!-- name -->`, what was generated, `<!-- /name -->`. */
const marked = /^<!-- ([a-z]+) -->\n[\s\S]*?^<!-- \/\1 -->$/gm;

/** A document with each of its marked parts made anew. @throws {Error} a marker that no table has */
export async function withTables(document: string): Promise<string> {
  let text = document;
  for (const [part, name = ""] of document.matchAll(marked)) {
    const make = docTables[name];
    if (make === undefined) throw new Error(`there is no table "${name}": expected one of ${Object.keys(docTables).join(", ")}`);
    const made = await make();
    text = text.replace(part, () => `<!-- ${name} -->\n${made}\n<!-- /${name} -->`);
  }
  return text;
}

/** Documents that may have generated parts. */
export const documents = ["ARCHITECTURE.md", "README.md"] as const;
