import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BoardTarget, ownTarget } from "./board-targets.ts";
import { BuildFailed, NativePartWrong } from "./build-errors.ts";
import type { BuildPlace } from "./build-place.ts";
import { bundleCode } from "./bundle-code.ts";
import { type BundleManifest, listBundle, manifestFile } from "./bundle-manifest.ts";
import { checkNativePart, neededGlibc } from "./check-native-part.ts";
import { compileNative, compilerVersions } from "./compile-native.ts";
import { fetchNode } from "./fetch-node.ts";
import { licencesText } from "./licences.ts";
import { i2cBusFile, partName } from "./native-links.ts";
import { argon2Source, i2cBusSource, ownNativeSources } from "./native-sources.ts";
import { boardNodes, nodeFlagsFile } from "./node-flags.ts";
import { type NodeHeaders, nodeHeaders } from "./node-headers.ts";
import { majorOf, type PinnedNodes } from "./pinned-nodes.ts";
import { runTool } from "./run-tool.ts";
import { sourceRevision } from "./source-revision.ts";

export interface BundleParts {
  readonly place: BuildPlace;
  readonly target: BoardTarget;
  readonly nodes: PinnedNodes;
  readonly version: string;
  /** Major version of the Node that the bundle brings along, if any. */
  readonly withNode?: number;
}

/** Files that every bundle has as they are, from the folder `boards`, and whether they are programs. */
const staticFiles: Readonly<Record<string, boolean>> = {
  "penstock-board": true,
  "penstock-board.service": false,
  "60-penstock.rules": false,
};

/**
 * Writes a whole bundle into an empty folder: code, native parts, launcher, systemd unit, licences, manifest.
 * @throws {BuildFailed} {NativePartWrong} {DownloadAltered}
 */
export async function bundleBoard(parts: BundleParts, folder: string): Promise<void> {
  const { place, target, nodes } = parts;
  await compilerVersions(target);
  const headers = await nodeHeaders(place, nodes, target);
  const interfaces = new Map(headers.map(({ abi, major }) => [abi, major]));
  const code = await bundleCode({ root: place.root, target, nodes: interfaces });
  await nativeParts(parts, headers, folder);
  for (const [name, contents] of code.files) await writeFile(path.join(folder, name), contents);
  for (const [name, program] of Object.entries(staticFiles)) {
    await copyFile(path.join(place.root, "boards", name), path.join(folder, name));
    await chmod(path.join(folder, name), program ? 0o755 : 0o644);
  }
  await writeFile(path.join(folder, "node-flags"), nodeFlagsFile(boardNodes(place.root), target));
  await copyFile(path.join(place.root, "LICENSE"), path.join(folder, "LICENSE"));
  const natives = [...Object.keys(target.prebuilt), "argon2", "node-addon-api", "i2c-bus", "nan"];
  await writeFile(path.join(folder, "third-party-licences.txt"), licencesText(place.root, code.inputs, natives));
  if (parts.withNode !== undefined) await bringNode(parts, parts.withNode, folder);
  await writeManifest(parts, headers, folder);
}

async function nativeParts({ place, target }: BundleParts, headers: readonly NodeHeaders[], folder: string): Promise<void> {
  const into = path.join(folder, "native");
  await mkdir(into, { recursive: true });
  for (const [name, file] of Object.entries(target.prebuilt)) {
    const from = path.join(place.root, "node_modules", name, file);
    if (!existsSync(from)) throw new NativePartWrong(`${name}/${file}`, target.name, "the package does not bring this file");
    const bytes = await readFile(from);
    checkNativePart(`${name}/${file}`, bytes, target);
    await writeFile(path.join(into, `${partName(name)}.node`), bytes);
  }
  for (const { folder: include, abi, major } of headers)
    await compileNative(place, target, i2cBusSource(place.root, include, major), path.join(into, i2cBusFile(abi)));
  // Node-API is the same in all of them: the oldest headers make sure of it.
  const oldest = headers[0]?.folder ?? "";
  for (const source of [argon2Source(place.root, oldest, target), ...ownNativeSources(place.root, oldest)])
    await compileNative(place, target, source, path.join(into, `${source.name}.node`));
  for (const file of await readdir(into)) await chmod(path.join(into, file), 0o644);
}

/** Puts Node itself into the bundle, without the names that only a debugger reads. */
async function bringNode({ place, target, nodes }: BundleParts, major: number, folder: string): Promise<void> {
  const pinned = nodes[target.name].find((node) => majorOf(node) === major);
  if (pinned === undefined) {
    const known = nodes[target.name].map(majorOf).join(", ");
    throw new BuildFailed(`Node ${major} for ${target.name}`, `package.json pins none in penstock.boardNodes; it has ${known}`);
  }
  const from = await fetchNode(place, pinned);
  const strip = ownTarget()?.name === target.name ? "strip" : `${target.triple}-strip`;
  const advice = "install binutils for the target";
  await runTool(`stripping Node for ${target.name}`, strip, [path.join(from, "bin", "node"), "-o", path.join(folder, "node")], { advice });
  checkNativePart("node", await readFile(path.join(folder, "node")), target);
  await chmod(path.join(folder, "node"), 0o755);
  await copyFile(path.join(from, "LICENSE"), path.join(folder, "node-licence.txt"));
}

async function writeManifest(
  { place, target, version, withNode }: BundleParts,
  headers: readonly NodeHeaders[],
  folder: string,
): Promise<void> {
  let libc: readonly [number, number] = [0, 0];
  for (const file of await readdir(path.join(folder, "native"))) {
    const needed = neededGlibc(await readFile(path.join(folder, "native", file)));
    if (needed[0] > libc[0] || (needed[0] === libc[0] && needed[1] > libc[1])) libc = needed;
  }
  const revision = sourceRevision(place.root);
  const manifest: BundleManifest = {
    name: "penstock-board",
    version,
    target: target.name,
    node: headers.map(({ major }) => `^${major}.0.0`).join(" || "),
    libc: `glibc >= ${libc.join(".")}`,
    ...(withNode === undefined ? {} : { bundledNode: withNode }),
    ...(revision === undefined ? {} : { revision }),
    files: await listBundle(folder),
  };
  await writeFile(path.join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
}
