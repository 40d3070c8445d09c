import type { SourceFile } from "./source-tree.ts";

/** The file that describes the codes; the only one that may name codes it does not raise. */
const catalogue = "shared/console/error-catalogue.ts";

/** Every error code that stands in the sources, with the files that name it. */
export function errorCodes(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, string[]>();
  for (const { name, text } of files) {
    if (name === catalogue) continue;
    for (const [code] of text.matchAll(/\bEDGE_[A-Z0-9_]*[A-Z0-9]\b/g)) {
      const users = codes.get(code) ?? [];
      if (!users.includes(name)) codes.set(code, [...users, name]);
    }
  }
  return new Map([...codes].sort(([a], [b]) => (a < b ? -1 : 1)));
}
