import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BoardTarget } from "./board-targets.ts";
import { BuildFailed } from "./build-errors.ts";
import type { BuildPlace } from "./build-place.ts";
import { fetchNode } from "./fetch-node.ts";
import { majorOf, type PinnedNode, type PinnedNodes } from "./pinned-nodes.ts";

/** Headers of one Node. */
export interface NodeHeaders {
  /** Holds `node.h`. */
  readonly folder: string;
  readonly major: number;
  /** Binary interface of its addons, `process.versions.modules`. */
  readonly abi: string;
}

/**
 * The headers of each Node that a target may run, oldest first. Headers do not differ between processors: those of the running Node serve for its
 * major version, and else one package of a version serves all targets.
 * @throws {BuildFailed} {DownloadAltered}
 */
export async function nodeHeaders(place: BuildPlace, nodes: PinnedNodes, target: BoardTarget): Promise<readonly NodeHeaders[]> {
  const found: NodeHeaders[] = [];
  for (const node of nodes[target.name]) {
    const own = ownHeaders();
    const folder =
      majorOf(node) === ownMajor() && own !== undefined
        ? own
        : path.join(await fetchNode(place, sameVersion(nodes, node)), "include", "node");
    found.push({ folder, major: majorOf(node), abi: await interfaceOf(folder) });
  }
  return found;
}

const ownMajor = (): number => Number(process.versions.node.split(".")[0]);

/** The headers of the Node that runs this, where it brings them. */
export function ownHeaders(): string | undefined {
  const folder = path.join(path.dirname(path.dirname(process.execPath)), "include", "node");
  return existsSync(path.join(folder, "node.h")) ? folder : undefined;
}

function sameVersion(nodes: PinnedNodes, wanted: PinnedNode): PinnedNode {
  return (
    Object.values(nodes)
      .flat()
      .find(({ version }) => version === wanted.version) ?? wanted
  );
}

async function interfaceOf(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, "node_version.h"), "utf8");
  const abi = /^#define NODE_MODULE_VERSION (\d+)$/m.exec(text)?.[1];
  if (abi === undefined) throw new BuildFailed("the headers of Node", `${folder}/node_version.h names no NODE_MODULE_VERSION`);
  return abi;
}
