import path from "node:path";
import { build, type Plugin } from "esbuild";

const root = path.resolve(import.meta.dirname, "../..");

/** What a microcontroller's XS has not, or has only at a price: none of it may be reached for in the portable core. */
const forbidden = [
  "AbortController",
  "AbortSignal",
  "Array.fromAsync",
  "Buffer",
  "Function",
  "Intl",
  "Iterator",
  "Object.groupBy",
  "Map.groupBy",
  "Promise.try",
  "Promise.withResolvers",
  "TextDecoder",
  "TextEncoder",
  "Symbol.asyncDispose",
  "Symbol.dispose",
  "Temporal",
  "URL",
  "WebAssembly",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "eval",
  "fetch",
  "global",
  "issueCommand",
  "performance",
  "print",
  "process",
  "queueMicrotask",
  "require",
  "setImmediate",
  "setInterval",
  "setTimeout",
  "structuredClone",
  "trace",
];

const mark = "__absent_in_xs__";
/** esbuild replaces free names only: locals, members and texts of the same name stay. */
const define = Object.fromEntries(
  forbidden.flatMap((name) => {
    const replacement = mark + name.replace(".", "_");
    return [
      [name, replacement],
      [`globalThis.${name}`, replacement],
    ];
  }),
);

/** The portable core imports itself only; packages and Node are an error here, not a hole in the bundle. */
const ownFilesOnly: Plugin = {
  name: "own files only",
  setup({ onResolve }) {
    onResolve({ filter: /^[^.]/ }, ({ path: file }) => ({ errors: [{ text: `${file} is no part of the portable core` }] }));
  },
};

/**
 * One script for XS of a module's source, whose relative imports start at the repository's root; its exports become members of the global `name`.
 * @throws when the bundle imports a package or reaches for a global that XS lacks
 */
export async function bundleForXs(source: string, name: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts", sourcefile: `${name}.ts` },
    bundle: true,
    write: false,
    format: "iife",
    globalName: name,
    target: "es2022",
    platform: "neutral",
    treeShaking: true,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
    define,
    plugins: [ownFilesOnly],
  });
  const script = result.outputFiles[0]?.text ?? "";
  const found = new Set(script.match(new RegExp(`${mark}\\w+`, "g")));
  if (found.size > 0) throw new Error(`${name} reaches for what XS has not: ${[...found].map((use) => use.slice(mark.length)).join(", ")}`);
  return script;
}
