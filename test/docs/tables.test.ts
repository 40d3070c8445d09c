import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { topicTable } from "../../shared/broker/topic-table.ts";
import { errorCatalogue } from "../../shared/console/error-catalogue.ts";
import { boardFamilies, familiesOf } from "./metric-families.ts";
import { root } from "./source-tree.ts";
import { docTables, documents, withTables } from "./tables.ts";

for (const name of documents) {
  test(`the generated tables of ${name} are up to date`, async (t) => {
    const file = path.join(root, name);
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    t.true((await withTables(text)) === text, "out of date: run node test/docs/write-tables.ts");
  });
}

test("ARCHITECTURE.md lists every error and every topic", (t) => {
  const text = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");
  t.deepEqual(
    Object.keys(errorCatalogue).filter((code) => !text.includes(`\`${code}\``)),
    [],
  );
  t.deepEqual(
    topicTable.filter(({ pattern }) => !text.includes(`\`${pattern}\``)),
    [],
  );
});

test("a marked part is made anew, and the rest stays as it is", async (t) => {
  const made = await withTables("before\n<!-- errors -->\nold\n<!-- /errors -->\nafter\n<!-- errors -->\n");
  t.is(made, `before\n<!-- errors -->\n${await docTables["errors"]?.()}\n<!-- /errors -->\nafter\n<!-- errors -->\n`);
  t.is(await withTables(made), made);
});

test("a marker that no table has is an error", async (t) => {
  await t.throwsAsync(withTables("<!-- recipes -->\n<!-- /recipes -->\n"), { message: /there is no table "recipes"/ });
});

test("every metric of a running board has a name of its own, a unit where it should and help", async (t) => {
  const families = await boardFamilies();
  t.true(families.length > 20);
  t.is(new Set(families.map((family) => family.name)).size, families.length);
  t.deepEqual(
    families.filter(({ name, type, help }) => help === "" || (type === "counter") !== name.endsWith("_total")).map((family) => family.name),
    [],
  );
});

test("the families of an exposition are read with type and help", (t) => {
  const text =
    "# HELP penstock_b Of b.\n# TYPE penstock_b gauge\npenstock_b 1\n# HELP process_x X\n# TYPE process_x gauge\n# TYPE penstock_a counter\n";
  t.deepEqual(familiesOf(text), [
    { name: "penstock_a", type: "counter", help: "" },
    { name: "penstock_b", type: "gauge", help: "Of b." },
  ]);
});

test("every meaning and remedy of the catalogue is one sentence", (t) => {
  const sentences = Object.values(errorCatalogue).flatMap(({ meaning, remedy }) => [meaning, remedy]);
  t.deepEqual(
    sentences.filter((text) => !/^[A-Z][^\n]*\.$/.test(text) || /\. [A-Z]/.test(text)),
    [],
  );
});

test("the configuration's table has a row for each key, those of schedules of every kind included", async (t) => {
  const table = await docTables["config"]?.();
  const rows = table?.split("\n") ?? [];
  for (const key of [
    "id",
    "lines[].host",
    "devices[].points[].write.min",
    "schedules.<name>.cron",
    "broker.listeners[].protocol",
    "health.port",
  ]) {
    t.is(rows.filter((row) => row.startsWith(`| \`${key}\` |`)).length, 1, key);
  }
});
