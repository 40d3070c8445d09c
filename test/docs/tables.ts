import { closedSet, describeSchema } from "../../shared/base/describe-schema.ts";
import type { JsonSchema } from "../../shared/base/json-schema.ts";
import { topicTable } from "../../shared/broker/topic-table.ts";
import { errorCatalogue } from "../../shared/console/error-catalogue.ts";
import { patternWords } from "../../shared/console/pattern-words.ts";
import { PenstockConfig } from "../../shared/console/penstock-config.ts";
import { type SettingRow, settingsTable } from "../../shared/console/settings.ts";

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

/** One row for each key below a schema, the keys of its parts behind it. */
function keyRows(schema: JsonSchema, path: string): readonly (readonly string[])[] {
  if (schema.items !== undefined && closedSet(schema.items) === undefined) return keyRows(schema.items, `${path}[]`);
  const pattern = Object.values(schema.patternProperties ?? {})[0];
  const branches = (schema.anyOf ?? []).flatMap((branch) => keyRows(branch, path));
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const place = path === "" ? key : `${path}.${key}`;
    const required = schema.required?.includes(key) === true ? "yes" : "";
    return [[code(place), required, cell(describeSchema(part, patternWords)), cell(part.description ?? "")], ...keyRows(part, place)];
  });
  return [...own, ...branches, ...(pattern === undefined ? [] : keyRows(pattern, `${path}.<name>`))];
}

function configTable(): string {
  const rows = new Map(keyRows(PenstockConfig, "").map((row) => [row[0], row]));
  return table(["key", "required", "value", "what it means"], [...rows.values()]);
}

/** The generated parts of the documents, by the name of their marker. Metrics are not among them: they are only known to a running board. */
export const docTables: Readonly<Record<string, () => string>> = {
  errors: errorTable,
  topics: topicsTable,
  settings: settingTable,
  config: configTable,
};

/** A document with each of its marked parts (`<!-- name -->` to `<!-- /name -->`) made anew. @throws {Error} a marker that no table has, or that does not end */
export function withTables(document: string): string {
  return document.replaceAll(/^<!-- ([a-z]+) -->\n[\s\S]*?(?=^<!-- )/gm, (_, name: string) => {
    const make = docTables[name];
    if (make === undefined) throw new Error(`there is no table "${name}": expected one of ${Object.keys(docTables).join(", ")}`);
    return `<!-- ${name} -->\n${make()}\n`;
  });
}

/** Documents that may have generated parts. */
export const documents = ["ARCHITECTURE.md", "README.md"] as const;
