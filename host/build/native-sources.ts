import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { BoardTarget } from "./board-targets.ts";
import type { NativeSource } from "./compile-native.ts";

/** Folder of this product's own native parts, below the top of the repository. */
export const ownNativeFolder = path.join("firmware", "platform", "native");

const largeFiles = ["-D_LARGEFILE_SOURCE", "-D_FILE_OFFSET_BITS=64", "-DBUILDING_NODE_EXTENSION"];
/** Node 20 knows Node-API up to version 9, and crashes when a part asks for more. */
const nodeApi = "-DNAPI_VERSION=8";

/** `i2c-bus` is written for V8 and has to be compiled for each major version of Node. @param headers `include/node` of that Node */
export function i2cBusSource(root: string, headers: string, major: number): NativeSource {
  const modules = path.join(root, "node_modules");
  return {
    name: `i2c-bus for Node ${major}`,
    files: [path.join(modules, "i2c-bus", "src", "i2c.cc")],
    includes: [headers, path.join(modules, "nan")],
    flags: [
      ...largeFiles,
      `-std=${major >= 24 ? "gnu++20" : "gnu++17"}`,
      "-fno-exceptions",
      "-fno-rtti",
      "-DNODE_GYP_MODULE_NAME=i2c",
      "-Wno-deprecated-declarations",
      "-Wno-cast-function-type",
    ],
  };
}

/** `argon2` brings binaries that Node 20 does not load: they ask for a newer Node-API. */
export function argon2Source(root: string, headers: string, target: BoardTarget): NativeSource {
  const folder = path.join(root, "node_modules", "argon2");
  const library = ["argon2", "blake2/blake2b", "core", "encoding", "thread", target.arch === "x64" ? "opt" : "ref"];
  return {
    name: "argon2",
    files: [path.join(folder, "argon2.cpp"), ...library.map((name) => path.join(folder, "argon2", "src", `${name}.c`))],
    includes: [headers, path.join(root, "node_modules", "node-addon-api"), path.join(folder, "argon2", "include")],
    flags: [
      ...largeFiles,
      nodeApi,
      "-DNDEBUG",
      "-DNODE_GYP_MODULE_NAME=argon2",
      "-DNODE_ADDON_API_DISABLE_DEPRECATED",
      "-DNODE_API_NO_EXTERNAL_BUFFERS_ALLOWED",
    ],
    flagsCxx: ["-std=gnu++17"],
    flagsC: ["-std=gnu11", "-Wno-type-limits"],
  };
}

/** The product's own native parts: each `.c` file is one, written for Node-API, and one binary of it serves every version of Node. */
export function ownNativeSources(root: string, headers: string): readonly NativeSource[] {
  const folder = path.join(root, ownNativeFolder);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".c")) : [];
  return files.sort().map((file) => {
    const name = path.basename(file, ".c");
    return {
      name,
      files: [path.join(folder, file)],
      includes: [folder, headers],
      flags: [...largeFiles, nodeApi, `-DNODE_GYP_MODULE_NAME=${name.replaceAll("-", "_")}`],
      flagsC: ["-std=gnu17", "-Wall", "-Wextra"],
    };
  });
}
