import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isJsonObject, type JsonValue } from "../../shared/base/json.ts";
import type { BoardTarget } from "./board-targets.ts";

/** What the descriptions in `boards/` say of Node for one kind of board. */
export interface BoardNode {
  readonly board: string;
  readonly architecture: string;
  readonly major: number;
  readonly flags: readonly string[];
}

/** The `node` parts of all boards, sorted by name. */
export function boardNodes(root: string): readonly BoardNode[] {
  const folder = path.join(root, "boards");
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .flatMap((board) => {
      const document: JsonValue = JSON.parse(readFileSync(path.join(folder, board, "board.json"), "utf8"));
      const node = isJsonObject(document) ? document["node"] : undefined;
      if (!isJsonObject(document) || !isJsonObject(node) || !Array.isArray(node["flags"])) return [];
      const flags = node["flags"].filter((flag) => typeof flag === "string");
      return [{ board, architecture: String(document["architecture"]), major: Number(node["major"]), flags }];
    });
}

/** The file `node-flags` of a bundle: one line for each board that the target may be, its name and its flags of Node. */
export function nodeFlagsFile(boards: readonly BoardNode[], target: BoardTarget): string {
  return boards
    .filter(({ architecture }) => architecture === "any" || architecture === target.architecture)
    .map(({ board, flags }) => `${[board, ...flags].join(" ")}\n`)
    .join("");
}
