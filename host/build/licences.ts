import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const licenceFile = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/** So deep in a package with native parts the licences of what it brings as source are looked for. */
const deepest = 4;

/**
 * The licences of every package that went into a bundle, in one text.
 * @param inputs source files, relative to `root` @param others names of packages that went in as native parts
 */
export function licencesText(root: string, inputs: Iterable<string>, others: readonly string[]): string {
  const packages = new Set(others);
  for (const input of inputs) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)(?:\/node_modules\/((?:@[^/]+\/)?[^/]+))?/.exec(input);
    if (name !== null) packages.add(name[2] === undefined ? (name[1] ?? "") : `${name[1]}/node_modules/${name[2]}`);
  }
  return [...packages]
    .sort()
    .map((name) => licencesOf(path.join(root, "node_modules", name), name, others.includes(name) ? deepest : 0))
    .join("");
}

function licencesOf(folder: string, name: string, depth: number): string {
  const { version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const texts = filesIn(folder, depth).map((file) => readFileSync(file, "utf8").trim());
  const title = `${name.replace(/^.*node_modules\//, "")} ${version} (${license})`;
  return [`${"=".repeat(title.length)}\n${title}\n${"=".repeat(title.length)}`, ...texts, ""].join("\n\n");
}

function filesIn(folder: string, depth: number): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return depth > 0 && entry.name !== "node_modules" ? filesIn(full, depth - 1) : [];
    return licenceFile.test(entry.name) ? [full] : [];
  });
}
