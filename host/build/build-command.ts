import { parseArgs } from "node:util";
import { type BoardTargetName, boardTargetNames, isBoardTargetName } from "./board-targets.ts";
import { BuildFailed } from "./build-errors.ts";

/** What the build is asked for. */
export type BuildCommand =
  | {
      readonly name: "build";
      readonly schemas: boolean;
      readonly targets: readonly BoardTargetName[];
      /** The targets were named one by one: each must succeed. */
      readonly named: boolean;
      /** Folder for the results; `dist` by default. */
      readonly out?: string;
      /** Bring Node along: its major version, or the newest that is pinned. */
      readonly withNode?: number | "newest";
    }
  /** Compile native parts for this machine. */
  | { readonly name: "natives" }
  /** Hold bundles against their manifests. */
  | { readonly name: "verify"; readonly folders: readonly string[] };

/** How the build is asked, for messages. */
export const buildUsage = `usage: npm run build -- [schema] [board] [${boardTargetNames.join("] [")}] [--out FOLDER] [--with-node | --node-major 20|24]
       npm run build -- verify FOLDER...`;

/**
 * Reads the arguments of the build.
 * @throws {BuildFailed} for arguments that it does not know
 */
export function readBuildCommand(args: readonly string[]): BuildCommand {
  const { values, positionals } = parse(args);
  if (positionals[0] === "natives") return { name: "natives" };
  if (positionals[0] === "verify") {
    if (positionals.length === 1) throw new BuildFailed("build", `verify needs a folder\n${buildUsage}`);
    return { name: "verify", folders: positionals.slice(1) };
  }
  const targets = positionals.filter(isBoardTargetName);
  const unknown = positionals.find((word) => !isBoardTargetName(word) && word !== "schema" && word !== "board");
  if (unknown !== undefined) throw new BuildFailed("build", `${unknown} is nothing to build\n${buildUsage}`);
  const everything = positionals.length === 0;
  const boards = everything || positionals.includes("board") || targets.length > 0;
  const major = values["node-major"];
  if (major !== undefined && !/^\d+$/.test(major)) throw new BuildFailed("build", `--node-major ${major} is not a number\n${buildUsage}`);
  const withNode = major !== undefined ? Number(major) : values["with-node"] === true ? ("newest" as const) : undefined;
  return {
    name: "build",
    schemas: everything || positionals.includes("schema"),
    targets: !boards ? [] : targets.length > 0 ? targets : boardTargetNames,
    named: targets.length > 0,
    ...(values.out === undefined ? {} : { out: values.out }),
    ...(withNode === undefined ? {} : { withNode }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: "string" }, "with-node": { type: "boolean" }, "node-major": { type: "string" } },
    });
  } catch (error) {
    throw new BuildFailed("build", `${error instanceof Error ? error.message : String(error)}\n${buildUsage}`);
  }
}
