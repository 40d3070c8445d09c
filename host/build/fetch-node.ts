import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { BuildFailed, BuildMeansMissing, DownloadAltered } from "./build-errors.ts";
import type { BuildPlace } from "./build-place.ts";
import type { PinnedNode } from "./pinned-nodes.ts";
import { runTool } from "./run-tool.ts";

/** What of the package is kept: the program, its headers, its licence. */
const wantedParts = ["package/bin/node", "package/include", "package/LICENSE"];

/**
 * The folder of a pinned Node, with `bin/node`, `include/node` and `LICENSE`; fetched when it is not there yet.
 * @throws {BuildMeansMissing} when it cannot be fetched {DownloadAltered} when it is not what is pinned
 */
export async function fetchNode(place: BuildPlace, node: PinnedNode): Promise<string> {
  const name = `${node.package}-${node.version}`;
  const folder = path.join(place.cache, name);
  if (existsSync(folder)) return folder;
  place.say(`fetching ${node.package} ${node.version}, once`);
  await mkdir(place.cache, { recursive: true });
  const aside = await mkdtemp(path.join(place.cache, "fetching-"));
  try {
    const archive = path.join(aside, `${name}.tgz`);
    await download(node, aside);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (found !== node.integrity) throw new DownloadAltered(`${node.package} ${node.version}`, found, node.integrity);
    await runTool(`unpacking ${name}`, "tar", ["-xzf", archive, "-C", aside, "--no-same-owner", ...wantedParts]);
    await settle(path.join(aside, "package"), folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}

async function download(node: PinnedNode, into: string): Promise<void> {
  const what = `fetching ${node.package} ${node.version}`;
  const [program, ...first] = npmCommand();
  try {
    await runTool(what, program, [...first, "pack", `${node.package}@${node.version}`, "--pack-destination", into, "--loglevel=error"]);
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    throw new BuildMeansMissing(what, `npm cannot fetch it. ${error.message}`, { cause: error });
  }
}

/** Two builds may fetch the same at once: the first to be done wins, and both have the same. */
async function settle(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** The npm that runs this build, or the one on the path. */
function npmCommand(): readonly [string, ...string[]] {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script?.endsWith("npm-cli.js") === true ? [node ?? process.execPath, script] : ["npm"];
}
