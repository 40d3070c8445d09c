import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { topicTable } from "../../shared/broker/topic-table.ts";
import { errorCatalogue } from "../../shared/console/error-catalogue.ts";
import { root } from "./source-tree.ts";
import { docTables, documents, withTables } from "./tables.ts";

for (const name of documents) {
  test(`the generated tables of ${name} are up to date`, (t) => {
    const file = path.join(root, name);
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    t.true(withTables(text) === text, "out of date: run node test/docs/write-tables.ts");
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

test("a marked part is made anew, and the rest stays as it is", (t) => {
  const made = withTables("before\n<!-- errors -->\nold\n<!-- /errors -->\nafter\n");
  t.is(made, `before\n<!-- errors -->\n${docTables["errors"]?.()}\n<!-- /errors -->\nafter\n`);
  t.is(withTables(made), made);
});

test("a marker that no table has is an error", (t) => {
  t.throws(() => withTables("<!-- recipes -->\n<!-- /recipes -->\n"), { message: /there is no table "recipes"/ });
});

test("every meaning and remedy of the catalogue is one sentence", (t) => {
  const sentences = Object.values(errorCatalogue).flatMap(({ meaning, remedy }) => [meaning, remedy]);
  t.deepEqual(
    sentences.filter((text) => !/^[A-Z][^\n]*\.$/.test(text) || /\. [A-Z]/.test(text)),
    [],
  );
});

test("the configuration's table has a row for each key, those of schedules of every kind included", (t) => {
  const rows = docTables["config"]?.().split("\n") ?? [];
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
