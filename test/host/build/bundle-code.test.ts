import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { boardTargets } from "../../../host/build/board-targets.ts";
import { bundleCode } from "../../../host/build/bundle-code.ts";

const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const target = boardTargets["linux-x64"];

/** A repository with these files, and with packages that are given as their main module. */
function repository(t: ExecutionContext, files: Readonly<Record<string, string>>, packages: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), "penstock-code-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  write("package.json", '{"type":"module"}');
  const main = "./main.ts";
  write("firmware/launch.ts", `void import("${main}");`);
  write("firmware/main-hash-password.ts", "");
  for (const [file, text] of Object.entries(files)) write(file, text);
  mkdirSync(path.join(root, "node_modules"), { recursive: true });
  for (const name of ["mqtt-packet", "bl", "buffer", "inherits", "process-nextick-args", "base64-js", "ieee754", "ws"])
    symlinkSync(path.join(modules, name), path.join(root, "node_modules", name));
  for (const [name, text] of Object.entries(packages)) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, text);
  }
  return root;
}

/** Bundles, and writes the code into a folder beside. @returns what loads a file of it */
async function bundled(t: ExecutionContext, root: string) {
  const nodes = new Map([[process.versions.modules, Number(process.versions.node.split(".")[0])]]);
  const code = await bundleCode({ root, target, nodes });
  const folder = mkdtempSync(path.join(tmpdir(), "penstock-bundled-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, bytes] of code.files) writeFileSync(path.join(folder, name), bytes);
  mkdirSync(path.join(folder, "native"));
  return { code, folder, load: createRequire(path.join(folder, "any.cjs")) };
}

test("every package that is imported dynamically is a file of its own, also one that only such a package imports so", async (t) => {
  const root = repository(
    t,
    { "firmware/main.ts": 'export const far = async () => (await import("far")).name + (await import("@some/scope")).name;' },
    {
      far: 'exports.name = "far"; exports.farther = () => import("farther");',
      farther: 'exports.name = "farther";',
      "@some/scope": 'exports.name = "scope";',
    },
  );
  const { code, load } = await bundled(t, root);
  const parts = [...code.files.keys()].filter((name) => !["mqtt-packet.cjs", "ws.cjs"].includes(name));
  t.deepEqual(parts.sort(), ["board.cjs", "far.cjs", "farther.cjs", "hash-password.cjs", "main.cjs", "some-scope.cjs"]);
  t.is(await load("./main.cjs").far(), "farscope");
  t.is((await load("./far.cjs").farther()).name, "farther");
});

test("the same source gives the same bytes", async (t) => {
  const root = repository(t, { "firmware/main.ts": 'import { a } from "./a.ts"; console.log(a);', "firmware/a.ts": "export const a = 1;" });
  const nodes = new Map([["115", 20]]);
  const [one, two] = [await bundleCode({ root, target, nodes }), await bundleCode({ root, target, nodes })];
  t.deepEqual([...one.files], [...two.files]);
  t.true(one.inputs.has("firmware/a.ts"));
});

test("the product's own native parts are found in the bundle, wherever the source has them", async (t) => {
  const load = (from: string): string =>
    `import { createRequire } from "node:module"; export const load = (): unknown => createRequire(import.meta.url)("${from}/part.node");`;
  const root = repository(t, {
    "firmware/main.ts": 'export { load } from "./platform/part.ts"; export { load as other } from "./acquisition/line/part.ts";',
    "firmware/platform/part.ts": load("./native/build"),
    "firmware/acquisition/line/part.ts": load("../../platform/native/build"),
  });
  const { folder, load: require } = await bundled(t, root);
  const main = require("./main.cjs");
  for (const name of ["load", "other"])
    t.throws(() => main[name](), { code: "MODULE_NOT_FOUND", message: /'\.\/native\/part\.node'/ }, name);
  writeFileSync(path.join(folder, "native", "part.node"), "not a program");
  for (const name of ["load", "other"]) t.throws(() => main[name](), { code: "ERR_DLOPEN_FAILED" }, name);
});

test("i2c-bus takes the part that was compiled for the Node that runs, and says so when there is none", async (t) => {
  const bus = { "i2c-bus": 'const i2c = require("bindings")("i2c.node"); exports.i2c = i2c;', bindings: "module.exports = null;" };
  const root = repository(t, { "firmware/main.ts": 'export const bus = async () => (await import("i2c-bus")).i2c;' }, bus);
  const { folder, load } = await bundled(t, root);
  await t.throwsAsync(load("./main.cjs").bus(), { message: new RegExp(`i2c-bus\\.abi${process.versions.modules}\\.node`) });
  writeFileSync(path.join(folder, "native", `i2c-bus.abi${process.versions.modules}.node`), "not a program");
  await t.throwsAsync(load("./main.cjs").bus(), { code: "ERR_DLOPEN_FAILED" });

  const code = await bundleCode({ root, target, nodes: new Map([["1", 0]]) });
  writeFileSync(path.join(folder, "other.cjs"), code.files.get("i2c-bus.cjs") ?? "");
  t.throws(() => load("./other.cjs"), { message: `this bundle has i2c-bus for Node 0, not for ${process.version}` });
});

test("source that does not fit together is told with the place of the mistake", async (t) => {
  const root = repository(t, { "firmware/main.ts": 'import { b } from "./a.ts"; console.log(b);', "firmware/a.ts": "export const a = 1;" });
  await t.throwsAsync(bundled(t, root), { code: "EDGE_BUILD_FAILED", message: /firmware\/main\.ts:1:9: .*"b"/s });
});
