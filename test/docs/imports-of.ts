import path from "node:path";
import type { SourceFile } from "./source-tree.ts";

/** One import or re-export. */
export interface Import {
  /** As it stands in the text: `./units.ts`, `node:fs`, `typebox`. */
  readonly specifier: string;
  /** The file from the repository's top, `undefined` for packages and Node's own modules. */
  readonly file: string | undefined;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
}

/** `import … from "x"` and `export … from "x"` at the beginning of a line; what stands between is names, braces, commas and stars. */
const clause = /^[ \t]*(?:import|export)\s+(type\s)?([\w$\s{},*]*?)\s*from\s*["']([^"'\n]+)["']/gm;
const bare = /^[ \t]*import\s*["']([^"'\n]+)["']/gm;
const called = /\bimport\(\s*["']([^"'\n]+)["']\s*[,)]/g;

/** True when each name in the braces is marked as a type. */
const onlyTypes = (names: string): boolean => {
  const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  const all =
    inner
      ?.split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "") ?? [];
  return all.length > 0 && all.every((name) => name.startsWith("type "));
};

/** Everything a file imports, types included. */
export function importsOf({ name, text }: SourceFile): readonly Import[] {
  const resolve = (specifier: string, typeOnly: boolean): Import => ({
    specifier,
    file: specifier.startsWith(".") ? path.posix.join(path.posix.dirname(name), specifier) : undefined,
    typeOnly,
  });
  return [
    ...[...text.matchAll(clause)].map(([, type, names = "", specifier = ""]) => resolve(specifier, type !== undefined || onlyTypes(names))),
    ...[...text.matchAll(bare)].map(([, specifier = ""]) => resolve(specifier, false)),
    ...[...text.matchAll(called)].map(([, specifier = ""]) => resolve(specifier, false)),
  ];
}
