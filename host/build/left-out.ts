import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";

/** Packages that others require and a board never runs. */
const packages: Readonly<Record<string, string>> = {
  "@opentelemetry/api": "prom-client asks it for trace ids of exemplars, which are off",
  "aedes-persistence": "aedes keeps sessions in memory with it; the board's are on disk",
  crc: "jsmodbus checks frames of serial lines with it; the board serves Modbus over TCP only",
  socks: "mqtt dials through a SOCKS proxy with it when a variable of the environment says so",
  "thread-stream": "pino writes from a worker thread with it; the board logs to standard output",
  "worker-timers": "mqtt keeps alive with it in browsers",
};

const computed = ["call", "conditional", "cyclic", "evaluate", "indexed", "intrinsics", "mapped", "module", "template_literal"];

/** Folders and files within packages, likewise. */
const within: readonly string[] = [
  // Types that are computed from others, or written as text: ours are written out as objects.
  "typebox/build/type/script/",
  "typebox/build/type/extends/",
  ...computed.map((name) => `typebox/build/type/engine/${name}/`),
  // For browsers and their kin.
  "mqtt/build/lib/connect/ali",
  "mqtt/build/lib/connect/wx",
  // Figures of several processes, and figures that are sent instead of asked for.
  "prom-client/lib/cluster",
  "prom-client/lib/pushgateway",
];

const namespace = "left-out";

/** What schemas say to people who write configurations: JSON Schemas and documents carry it, the board's own messages do not. */
const descriptions = /\bdescription:\s*"(?:[^"\\]|\\.)*",?/g;

/** Traces of libraries to standard error, which a variable of the environment turns on: the board has a log of its own. */
const noTraces = `
const off = Object.assign(() => undefined, { enabled: false, destroy: () => false, extend: () => off });
module.exports = Object.assign(() => off, { enabled: () => false, enable: () => undefined, disable: () => "" });
module.exports.default = module.exports.debug = module.exports;`;

/** Puts an empty module in the place of what a board never runs: it saves 250 KB of code to store and, for a part of it, to keep in memory. */
export function leftOut(root: string): Plugin {
  const modules = path.join(root, "node_modules") + path.sep;
  return {
    name: "left-out",
    setup(builder) {
      builder.onResolve({ filter: /^debug$/ }, () => ({ path: "debug", namespace }));
      builder.onResolve({ filter: new RegExp(`^(${Object.keys(packages).join("|")})$`) }, () => ({ path: "nothing", namespace }));
      builder.onResolve({ filter: /^\./ }, ({ path: file, resolveDir }) => {
        const full = path.resolve(resolveDir, file);
        const out = full.startsWith(modules) && within.some((part) => full.slice(modules.length).startsWith(part));
        return out ? { path: "nothing", namespace } : undefined;
      });
      builder.onLoad({ filter: /.*/, namespace }, ({ path: name }) => ({
        contents: name === "debug" ? noTraces : "module.exports = {};",
        loader: "js",
      }));
      builder.onLoad({ filter: /[/\\]shared[/\\].*-(config|file)\.ts$/ }, async ({ path: file }) => ({
        contents: (await readFile(file, "utf8")).replace(descriptions, ""),
        loader: "ts",
      }));
      // Whoever reads the description of a package wants its version.
      builder.onLoad({ filter: /[/\\]package\.json$/ }, async ({ path: file }) => {
        const { name, version } = JSON.parse(await readFile(file, "utf8"));
        return { contents: JSON.stringify({ name, version }), loader: "json" };
      });
    },
  };
}
