import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { Check } from "typebox/schema";
import { smallestConfig } from "../../../firmware/console/config-file.ts";
import { cronCalendar } from "../../../firmware/console/cron-calendar.ts";
import { pumpStationConfig } from "../../../host/acquisition/pump-station-config.ts";
import { isJsonObject, type JsonValue } from "../../../shared/base/json.ts";
import { checkedKeywords, informingKeywords, type JsonSchema } from "../../../shared/base/json-schema.ts";
import { BoardDescription } from "../../../shared/console/board-description.ts";
import { checkConfig } from "../../../shared/console/check-config.ts";
import { jsonSchemas } from "../../../shared/console/json-schemas.ts";
import { parseDocument } from "../../../shared/console/parse-document.ts";
import { patternWords } from "../../../shared/console/pattern-words.ts";
import { PenstockConfig } from "../../../shared/console/penstock-config.ts";

const documents = Object.entries(jsonSchemas()).map(([file, document]): [string, JsonValue] => [
  file,
  JSON.parse(JSON.stringify(document)),
]);
const config = jsonSchemas()["penstock.schema.json"] ?? {};

/** Every schema in a TypeBox schema, itself included. */
function parts(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf = [], properties = {}, patternProperties = {}, additionalProperties, items } = schema;
  const inner = [...anyOf, ...Object.values(properties), ...Object.values(patternProperties)];
  if (typeof additionalProperties === "object") inner.push(additionalProperties);
  if (items !== undefined) inner.push(items);
  return [schema, ...inner.flatMap(parts)];
}

/** Values of one key wherever it stands in a document. */
function everywhere(value: JsonValue, key: string): readonly JsonValue[] {
  if (typeof value !== "object" || value === null) return [];
  const own = isJsonObject(value) && value[key] !== undefined ? [value[key]] : [];
  return [...own, ...Object.values(value).flatMap((item: JsonValue) => everywhere(item, key))];
}

test("the schema of the configuration says yes to a configuration", (t) => {
  t.true(Check(config, JSON.parse(smallestConfig)));
  t.true(Check(config, { schedules: { fast: { every: "1 s" } }, broker: {}, twin: {}, health: {} }));
});

test("the schema of the configuration says yes to the simulated pump station's, and so do all checks", (t) => {
  const station = JSON.stringify(pumpStationConfig({ host: "127.0.0.1", port: 5020 }));
  t.true(Check(config, JSON.parse(station)));
  t.is(parseDocument("penstock.json", station, PenstockConfig).lines?.length, 1);
  t.deepEqual(checkConfig(JSON.parse(station), { calendar: cronCalendar }), []);
});

test("the schema of board descriptions says yes to every board there is", (t) => {
  const folder = path.join(import.meta.dirname, "../../../boards");
  const boards = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.true(boards.length >= 4);
  for (const { name } of boards) {
    const text = readFileSync(path.join(folder, name, "board.json"), "utf8");
    t.true(Check(jsonSchemas()["board.schema.json"] ?? {}, JSON.parse(text)), name);
    t.is(parseDocument("board.json", text, BoardDescription).name, name);
  }
});

for (const [what, wrong] of [
  ["an unknown key", { linse: [] }],
  ["a missing key", { lines: [{ id: "a" }] }],
  ["a word that is none of its set", { lines: [{ id: "a", protocol: "modbus-udp", host: "h" }] }],
  ["a number out of range", { health: { port: 70_000 } }],
  ["a schedule of two kinds", { schedules: { a: { every: "1 s", once: "1 s" } } }],
  ["a bad name of a schedule", { schedules: { "a b": { every: "1 s" } } }],
  ["a bad duration", { twin: { commitInterval: "soon" } }],
] as const) {
  test(`the schema of the configuration says no to ${what}`, (t) => {
    t.false(Check(config, wrong));
  });
}

for (const [file, document] of documents) {
  test(`${file} stands by itself: every reference leads to a definition and names are not given twice`, (t) => {
    if (!isJsonObject(document) || !isJsonObject(document["definitions"] ?? null)) throw new Error("no definitions");
    const definitions = Object.keys(document["definitions"] ?? {});
    const references = everywhere(document, "$ref").map(String);
    t.deepEqual(
      [...new Set(references)].filter((reference) => !definitions.includes(reference.replace("#/definitions/", ""))),
      [],
    );
    t.deepEqual(
      definitions.filter((name) => !references.includes(`#/definitions/${name}`)),
      [],
    );
    t.is(everywhere(document["definitions"] ?? {}, "$id").length, 0);
    t.is(document["$id"], file);
    t.is(document["$schema"], "http://json-schema.org/draft-07/schema#");
  });
}

test("closed sets stand as enum, which editors offer to choose from", (t) => {
  const sets = everywhere(documents[0]?.[1] ?? {}, "enum").map(String);
  t.true(sets.some((set) => set.startsWith("bool,uint8,")));
  t.true(sets.includes("read,read-write,write"));
});

test("the schemas that files are read with use no keyword that the checks would pass over", (t) => {
  const known = [...checkedKeywords, ...informingKeywords];
  t.deepEqual(
    [PenstockConfig, BoardDescription].flatMap(parts).flatMap((part) => Object.keys(part).filter((keyword) => !known.includes(keyword))),
    [],
  );
});

test("every pattern of the configuration has words", (t) => {
  const patterns = parts(PenstockConfig).flatMap((part) => [part.pattern ?? [], Object.keys(part.patternProperties ?? {})].flat());
  t.deepEqual(
    [...new Set(patterns)].filter((pattern) => patternWords[pattern] === undefined),
    [],
  );
});
