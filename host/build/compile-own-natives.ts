import path from "node:path";
import { ownTarget } from "./board-targets.ts";
import { BuildFailed } from "./build-errors.ts";
import type { BuildPlace } from "./build-place.ts";
import { compileNative } from "./compile-native.ts";
import { i2cBusSource, ownNativeFolder, ownNativeSources } from "./native-sources.ts";
import { ownHeaders } from "./node-headers.ts";

/**
 * Compiles what has no prebuilt binary for the machine and the Node that run this: `i2c-bus`, and the product's own native parts.
 * @throws {BuildFailed} {NativePartWrong}
 */
export async function compileOwnNatives(place: BuildPlace): Promise<void> {
  const target = ownTarget();
  if (target === undefined) throw new BuildFailed("native parts", `there are none for ${process.platform}-${process.arch}`);
  const headers = ownHeaders();
  if (headers === undefined) throw new BuildFailed("native parts", `${process.execPath} brings no headers (include/node/node.h)`);
  const major = Number(process.versions.node.split(".")[0]);
  const addon = path.join(place.root, "node_modules", "i2c-bus", "build", "Release", "i2c.node");
  await compileNative(place, target, i2cBusSource(place.root, headers, major), addon);
  for (const source of ownNativeSources(place.root, headers))
    await compileNative(place, target, source, path.join(place.root, ownNativeFolder, "build", `${source.name}.node`));
}
