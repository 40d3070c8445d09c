import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { jsonSchemas } from "../../shared/console/json-schemas.ts";
import { type BoardTargetName, boardTargets } from "./board-targets.ts";
import type { BuildCommand } from "./build-command.ts";
import { BuildMeansMissing } from "./build-errors.ts";
import type { BuildPlace } from "./build-place.ts";
import { bundleBoard } from "./bundle-board.ts";
import { bundleSizes } from "./bundle-sizes.ts";
import { compileOwnNatives } from "./compile-own-natives.ts";
import { majorOf, type PinnedNodes, pinnedNodes } from "./pinned-nodes.ts";
import { placeBundle } from "./place-bundle.ts";
import { verifyBundle } from "./verify-bundle.ts";

export interface RunBuildParts {
  readonly place: BuildPlace;
  /** Nothing may be left out: a target that cannot be built is a failure. */
  readonly strict: boolean;
}

type Build = Extract<BuildCommand, { name: "build" }>;

/**
 * Does what the build is asked for. A target that this machine has no means for is left out with a line that says why, unless it was asked for by name.
 * @throws {BuildFailed} {BuildMeansMissing} {NativePartWrong} {DownloadAltered} {BundleDamaged}
 */
export async function runBuild(command: BuildCommand, parts: RunBuildParts): Promise<void> {
  const { place } = parts;
  if (command.name === "natives") return compileOwnNatives(place);
  if (command.name === "verify") {
    for (const folder of command.folders) {
      const { target, version, files } = await verifyBundle(folder);
      place.say(`${folder}: ${target} ${version}, ${files.length} files as in the manifest`);
    }
    return;
  }
  const out = path.resolve(place.root, command.out ?? "dist");
  if (command.schemas) await writeSchemas(path.join(out, "schema"), place);
  if (command.targets.length === 0) return;
  const nodes = pinnedNodes(place.root);
  const version = versionOf(place.root);
  for (const name of command.targets) {
    try {
      await buildTarget(name, { place, command, nodes, version, out });
    } catch (error) {
      if (parts.strict || command.named || !(error instanceof BuildMeansMissing)) throw error;
      place.say(`${name} is left out: ${error.message}`);
    }
  }
}

interface TargetParts {
  readonly place: BuildPlace;
  readonly command: Build;
  readonly nodes: PinnedNodes;
  readonly version: string;
  readonly out: string;
}

async function buildTarget(name: BoardTargetName, { place, command, nodes, version, out }: TargetParts): Promise<void> {
  const begun = performance.now();
  const folder = path.join(out, "board", name);
  const newest = Math.max(...nodes[name].map(majorOf));
  const withNode = command.withNode === "newest" ? newest : command.withNode;
  const target = boardTargets[name];
  await placeBundle(folder, (aside) =>
    bundleBoard({ place, target, nodes, version, ...(withNode === undefined ? {} : { withNode }) }, aside),
  );
  const took = ((performance.now() - begun) / 1000).toFixed(1);
  place.say(`${path.relative(place.root, folder)}: ${bundleSizes(await verifyBundle(folder))} (${took} s)`);
}

async function writeSchemas(folder: string, place: BuildPlace): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, schema] of Object.entries(jsonSchemas()))
    await writeFile(path.join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
  place.say(`${path.relative(place.root, folder)}: JSON Schemas for editors`);
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return String(version);
}
