import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The repository's top folder. */
export const root = path.resolve(import.meta.dirname, "../..");

/** One source file, named from the repository's top with `/` between folders. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** All TypeScript below some top-level folders, in order of name. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${path.sep}node_modules${path.sep}`))
    .map((file) => ({ name: path.relative(root, file).split(path.sep).join("/"), text: readFileSync(file, "utf8") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
