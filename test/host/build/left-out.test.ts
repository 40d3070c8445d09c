import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { build } from "esbuild";
import { leftOut } from "../../../host/build/left-out.ts";
import { jsonSchemas } from "../../../shared/console/json-schemas.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

async function schemasCode(small: boolean): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, "shared", "console", "json-schemas.ts")],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    format: "cjs",
    plugins: small ? [leftOut(root)] : [],
    absWorkingDir: root,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** A schema without what it says to people: a `description` that is a text; one that is a schema is a key of the configuration. */
const forMachines = (schemas: unknown): unknown =>
  JSON.parse(JSON.stringify(schemas), (name, value) => (name === "description" && typeof value === "string" ? undefined : value));

test("what is left out changes no schema of the configuration but what it says to people", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "penstock-left-out-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const code = await schemasCode(true);
  writeFileSync(path.join(folder, "schemas.cjs"), code);
  const bundled = createRequire(import.meta.url)(path.join(folder, "schemas.cjs"));
  t.deepEqual(forMachines(bundled.jsonSchemas()), forMachines(jsonSchemas()));
  const all = await schemasCode(false);
  t.true(code.byteLength < all.byteLength * 0.8, `${code.byteLength} of ${all.byteLength}`);
});
