import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./source-tree.ts";
import { documents, withTables } from "./tables.ts";

// usage: node test/docs/write-tables.ts
for (const name of documents) {
  const file = path.join(root, name);
  if (!existsSync(file)) continue;
  const before = readFileSync(file, "utf8");
  const after = await withTables(before);
  if (after === before) continue;
  writeFileSync(file, after);
  console.log(`${name} written`);
}
