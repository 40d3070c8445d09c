import { readFileSync } from "node:fs";
import path from "node:path";
import { isJsonObject, type JsonValue } from "../../shared/base/json.ts";
import type { BoardTargetName } from "./board-targets.ts";
import { BuildFailed } from "./build-errors.ts";

/** A Node for boards, as a package of the npm registry. */
export interface PinnedNode {
  readonly package: string;
  readonly version: string;
  /** `sha512-` and the hash of the package's archive in base64, as lock files have it. */
  readonly integrity: string;
}

/** Oldest first. */
export type PinnedNodes = Readonly<Record<BoardTargetName, readonly PinnedNode[]>>;

/** Major version of a pinned Node. */
export const majorOf = (node: PinnedNode): number => Number(node.version.split(".")[0]);

/**
 * The Nodes that `package.json` pins for each target (`penstock.boardNodes`).
 * @throws {BuildFailed} when they are not there
 */
export function pinnedNodes(root: string): PinnedNodes {
  const document: JsonValue = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const section = memberOf(memberOf(document, "penstock"), "boardNodes");
  const of = (target: BoardTargetName): readonly PinnedNode[] => {
    const list = memberOf(section, target);
    const nodes = Array.isArray(list) ? list.map(readNode) : [];
    if (nodes.length === 0) throw new BuildFailed("the Nodes of boards", `package.json has none for ${target} in penstock.boardNodes`);
    return nodes;
  };
  return { "linux-x64": of("linux-x64"), "linux-arm64": of("linux-arm64"), "linux-armv7": of("linux-armv7") };
}

function readNode(value: JsonValue): PinnedNode {
  const [name, version, integrity] = [memberOf(value, "package"), memberOf(value, "version"), memberOf(value, "integrity")];
  if (typeof name !== "string" || typeof version !== "string" || typeof integrity !== "string")
    throw new BuildFailed("the Nodes of boards", `${JSON.stringify(value)} in package.json is not { package, version, integrity }`);
  return { package: name, version, integrity };
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
