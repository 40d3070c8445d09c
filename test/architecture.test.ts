import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import test from "ava";
import { errorCatalogue } from "../shared/console/error-catalogue.ts";
import { errorCodes } from "./docs/error-codes.ts";
import { importCycle } from "./docs/import-cycle.ts";
import { type Import, importsOf } from "./docs/imports-of.ts";
import { root, type SourceFile, sourceFiles } from "./docs/source-tree.ts";

const places = ["shared", "firmware", "host"].filter((folder) => existsSync(path.join(root, folder)));
const product = sourceFiles(...places);
const tests = sourceFiles("test");
const all = [...product, ...tests];

/** Stages from left to right: each may use those before it. */
const stages = ["base", "acquisition", "twin", "broker", "pipeline", "connectors", "update", "console"];
const longest = 400;
/** Named so by what reads it. */
const configuration = /(^|\/)vite\.config\.ts$/;

const roomOf = (file: string): string => file.split("/")[1] ?? "";
const placeOf = (file: string): string => file.split("/")[0] ?? "";
const isRoot = (file: string): boolean => file.split("/").length === 2;
const isWiring = (file: string): boolean => isRoot(file) && /^(main|launch|compose)(-[a-z-]+)?\.ts$|^run-[a-z-]+\.ts$/.test(roomOf(file));

/** One line for each import of `files` that `wrong` objects to. */
function offences(files: readonly SourceFile[], wrong: (file: SourceFile, used: Import) => boolean): readonly string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((used) => wrong(file, used))
      .map((used) => `${file.name} imports ${used.specifier}`),
  );
}

/** One line for each place in `files` where `form` stands. */
function finds(files: readonly SourceFile[], form: RegExp): readonly string[] {
  return files.flatMap(({ name, text }) =>
    text.split("\n").flatMap((line, index) => (form.test(line) ? [`${name}:${index + 1}: ${line.trim()}`] : [])),
  );
}

const inPlace = (place: string): readonly SourceFile[] => product.filter((file) => placeOf(file.name) === place);

test("the scanner sees every form of import", (t) => {
  const text = [
    'import a, { type B } from "./a.ts";',
    'import type { C } from "./c.ts";',
    "import {\n  type D,\n  type E,\n} from './d.ts';",
    'export { F } from "./f.ts";',
    'export * as g from "./g.ts";',
    'import "./h.ts";',
    `const i = await import${'("./i.ts")'};`,
    'export const text = "from";',
    'export interface From {\n  readonly a: "./j.ts";\n}',
  ].join("\n");
  const found = importsOf({ name: "shared/base/x.ts", text }).map((used) => `${used.file} ${used.typeOnly}`);
  t.deepEqual(found.sort(), [
    "shared/base/a.ts false",
    "shared/base/c.ts true",
    "shared/base/d.ts true",
    "shared/base/f.ts false",
    "shared/base/g.ts false",
    "shared/base/h.ts false",
    "shared/base/i.ts false",
  ]);
});

test("the cycle finder finds a cycle, and none where there is none", (t) => {
  t.deepEqual(
    importCycle(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ]),
    ),
    ["b", "c", "b"],
  );
  t.is(
    importCycle(
      new Map([
        ["a", ["b", "c"]],
        ["b", ["c"]],
        ["c", []],
      ]),
    ),
    undefined,
  );
});

test("every relative import carries .ts and leads to a file", (t) => {
  const known = new Set(all.map((file) => file.name));
  t.deepEqual(
    offences(all, (_, used) => used.file !== undefined && !known.has(used.file) && !existsSync(path.join(root, used.file))),
    [],
  );
});

test("shared imports nothing but itself and typebox", (t) => {
  const foreign = (used: Import): boolean => (used.file === undefined ? used.specifier !== "typebox" : placeOf(used.file) !== "shared");
  t.deepEqual(
    offences(inPlace("shared"), (_, used) => foreign(used)),
    [],
  );
});

test("only schema files carry typebox at run time", (t) => {
  const isSchemaFile = (name: string): boolean => /-(config|file|description|document|api)\.ts$/.test(name);
  t.deepEqual(
    offences(inPlace("shared"), (file, used) => used.specifier.startsWith("typebox") && !used.typeOnly && !isSchemaFile(file.name)),
    [],
  );
});

test("stages of shared look left only", (t) => {
  t.deepEqual(
    [...new Set(inPlace("shared").map((file) => roomOf(file.name)))].filter((stage) => !stages.includes(stage)),
    [],
  );
  const right = (file: SourceFile, used: Import): boolean =>
    used.file !== undefined && stages.indexOf(roomOf(used.file)) > stages.indexOf(roomOf(file.name));
  t.deepEqual(offences(inPlace("shared"), right), []);
});

for (const place of ["firmware", "host"]) {
  test(`rooms of ${place} import shared, the data of boards, their platform and themselves`, (t) => {
    const strange = (file: SourceFile, used: Import): boolean => {
      if (used.file === undefined || placeOf(used.file) === "shared") return false;
      if (placeOf(used.file) === "boards" || (isWiring(file.name) && used.file.endsWith(".json"))) return false;
      if (placeOf(used.file) !== place) return true;
      return !isWiring(file.name) && roomOf(used.file) !== "platform" && roomOf(used.file) !== roomOf(file.name);
    };
    t.deepEqual(offences(inPlace(place), strange), []);
  });

  test(`beside its rooms ${place} holds only what wires them`, (t) => {
    t.deepEqual(
      inPlace(place)
        .filter((file) => isRoot(file.name) && !isWiring(file.name))
        .map((file) => file.name),
      [],
    );
  });
}

test("no imports go in a circle, types counted", (t) => {
  const graph = new Map(all.map((file) => [file.name, importsOf(file).flatMap((used) => used.file ?? [])]));
  t.is(importCycle(graph)?.join(" → "), undefined);
});

test("nothing imports test", (t) => {
  t.deepEqual(
    offences(product, (_, used) => used.file !== undefined && placeOf(used.file) === "test"),
    [],
  );
});

test("Node's own modules are named with node:, packages are in package.json, and the product uses none that is for development", (t) => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const packageOf = (specifier: string): string =>
    specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
  const unknown = (used: Import, known: object): boolean => {
    if (used.file !== undefined || used.specifier.startsWith("node:")) return false;
    return isBuiltin(used.specifier) || !Object.hasOwn(known, packageOf(used.specifier));
  };
  // What makes the bundles is no part of them, and the console is one.
  const isBuilt = (name: string): boolean => name.startsWith("host/build/") || name.startsWith("host/console/web/");
  const forDevelopment = (file: SourceFile, used: Import): boolean => used.typeOnly || isBuilt(file.name);
  t.deepEqual(
    offences(product, (file, used) => unknown(used, forDevelopment(file, used) ? { ...dependencies, ...devDependencies } : dependencies)),
    [],
  );
  // The texts of that test are programs themselves.
  const written = tests.filter(({ name }) => name !== "test/host/build/bundle-code.test.ts");
  t.deepEqual(
    offences(written, (_, used) => unknown(used, { ...dependencies, ...devDependencies })),
    [],
  );
});

test("shared is compiled as ES2022 without any types of its surroundings", (t) => {
  const text = readFileSync(path.join(root, "shared/tsconfig.json"), "utf8").replace(/^\s*\/\/.*$/gm, "");
  const { compilerOptions } = JSON.parse(text);
  t.deepEqual([compilerOptions.lib, compilerOptions.types], [["es2022"], []]);
});

test("shared reaches for nothing that the compiler cannot see", (t) => {
  t.deepEqual(
    finds(
      inPlace("shared"),
      /\bglobalThis\b|\bimport\(|\brequire\(|["']node:(?!read")|\beval\(|\bnew Function\(|@ts-|\bdeclare (const|var|let|function|global|module)\b(?! unit: unique symbol)/,
    ),
    [],
  );
});

test("no file is longer than 400 lines", (t) => {
  t.deepEqual(
    all.filter((file) => file.text.split("\n").length > longest + 1).map((file) => file.name),
    [],
  );
});

test("files are named for what they hold, in kebab case", (t) => {
  const vague = /(^|\/)([a-z0-9-]*-)?(utils?|helpers?|common|misc|index)(-[a-z0-9-]*)?(\.test|\.bench)?\.tsx?$/;
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.bench)?\.tsx?$/;
  t.deepEqual(
    all
      .filter(({ name }) => !configuration.test(name) && (vague.test(name) || !kebab.test(path.posix.basename(name))))
      .map((file) => file.name),
    [],
  );
});

test("every test stands where the file it tests stands", (t) => {
  const tested = new Set(product.map((file) => file.name));
  const folders = new Set(product.map((file) => path.posix.dirname(file.name)));
  const lost = tests.filter(({ name }) => {
    if (!/^test\/(shared|firmware|host)\/.*\.test\.ts$/.test(name)) return false;
    // What the browser gets stands in a folder of its own below its settings.
    const target = name.slice("test/".length).replace(".test.ts", ".ts").replace("host/console/web/", "host/console/web/src/");
    return !tested.has(target) && !folders.has(path.posix.dirname(target));
  });
  t.deepEqual(
    lost.map((file) => file.name),
    [],
  );
});

test("there are no default exports, no suppressed checks and nothing left to do", (t) => {
  t.deepEqual(finds(all, /^\s*export default\b|\bas default\b(?!.*["'])/), []);
  t.deepEqual(
    finds(all, /@ts-(ignore|expect-error|nocheck)|biome-ignore-all/).filter((line) => !line.startsWith("test/architecture.test.ts")),
    [],
  );
  t.deepEqual(
    finds(all, /\/\/.*\b(TODO|FIXME|XXX)\b/).filter((line) => !line.startsWith("test/architecture.test.ts")),
    [],
  );
});

test("every error code is in the catalogue, and the catalogue has no other", (t) => {
  const [raised, listed] = [new Set(errorCodes(product).keys()), new Set(Object.keys(errorCatalogue))];
  const without = (codes: ReadonlySet<string>, others: ReadonlySet<string>): string[] => [...codes].filter((code) => !others.has(code));
  t.deepEqual(without(raised, listed), [], "not in the catalogue");
  t.deepEqual(without(listed, raised), [], "raised by nobody");
});

test("an error code belongs to one class", (t) => {
  const owners = new Map<string, Set<string>>();
  for (const { name, text } of product) {
    for (const [, code = ""] of text.matchAll(/readonly code(?::[^=]*)? = "(EDGE_[A-Z0-9_]+)"/g)) {
      owners.set(code, (owners.get(code) ?? new Set()).add(name));
    }
  }
  t.deepEqual(
    [...owners].filter(([, files]) => files.size > 1).map(([code, files]) => `${code}: ${[...files].join(", ")}`),
    [],
  );
});
