import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";
import type { BoardTarget } from "./board-targets.ts";

/** File name of a package's part in a bundle: `@a/b` is `a-b`. */
export const partName = (specifier: string): string => specifier.replace(/^@/, "").replaceAll("/", "-");

/** File name of the part of `i2c-bus` for one application binary interface of Node (`process.versions.modules`). */
export const i2cBusFile = (abi: string): string => `i2c-bus.abi${abi}.node`;

const namespace = "native-part";

/** Leads every loader of a native part to the bundle's folder `native`. @param nodes major versions of Node by their interface */
export function nativeLinks(root: string, target: BoardTarget, nodes: ReadonlyMap<string, number>): Plugin {
  const packages = [...Object.keys(target.prebuilt), "argon2", "i2c-bus"];
  const ownerOf = (importer: string): string | undefined =>
    packages.find((name) => importer.startsWith(path.join(root, "node_modules", name) + path.sep));
  return {
    name: "native-links",
    setup(builder) {
      builder.onResolve({ filter: /^(node-gyp-build|bindings)$/ }, ({ importer }) => {
        const owner = ownerOf(importer);
        return owner === undefined ? undefined : { path: owner, namespace };
      });
      builder.onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
        contents: name === "i2c-bus" ? chooseByInterface(nodes) : `module.exports = () => require("./native/${partName(name)}.node")`,
        loader: "js",
      }));
      builder.onResolve({ filter: /^\.\/native\/[^/]+\.node$/ }, ({ path: file }) => ({ path: file, external: true }));
      // The product's own parts are named in its source by where they are compiled for the development machine.
      builder.onLoad({ filter: /[/\\]firmware[/\\].*\.ts$/ }, async ({ path: file }) => {
        const text = await readFile(file, "utf8");
        return text.includes(".node") ? { contents: text.replace(ownPart, '"./native/$1.node"'), loader: "ts" } : undefined;
      });
    },
  };
}

const ownPart = /["'`]\.{1,2}\/[^"'`\n]*\bbuild\/([a-z0-9-]+)\.node["'`]/g;

function chooseByInterface(nodes: ReadonlyMap<string, number>): string {
  const majors = [...new Set(nodes.values())].join(" and ");
  return `
const known = ${JSON.stringify([...nodes.keys()])};
const file = "./native/i2c-bus.abi" + process.versions.modules + ".node";
module.exports = () => {
  if (!known.includes(process.versions.modules)) throw new Error("this bundle has i2c-bus for Node ${majors}, not for " + process.version);
  return require(file);
};`;
}
