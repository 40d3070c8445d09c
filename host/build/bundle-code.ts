import path from "node:path";
import { type BuildOptions, type BuildResult, build, type Plugin, type SameShape } from "esbuild";
import type { BoardTarget } from "./board-targets.ts";
import { BuildFailed } from "./build-errors.ts";
import { leftOut } from "./left-out.ts";
import { nativeLinks, partName } from "./native-links.ts";

export interface CodeParts {
  readonly root: string;
  readonly target: BoardTarget;
  /** Major versions of Node that the bundle's native parts are for, by their binary interface. */
  readonly nodes: ReadonlyMap<string, number>;
}

/** Code of a bundle. */
export interface BundledCode {
  /** Contents by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Source files that went in, relative to the top of the repository. */
  readonly inputs: ReadonlySet<string>;
}

/** Packages that several parts share, or that only a file of their own keeps out of the start. */
const apart: readonly string[] = ["mqtt-packet", "ws"];

/** Rounds of parts that ask for parts; more would be a circle. */
const mostRounds = 8;

/**
 * All code of a board in a few CommonJS files: `board.cjs` turns on the code cache and loads `main.cjs`; every package that the source imports
 * dynamically is a file of its own, loaded when asked for. The same source gives the same bytes.
 * @throws {BuildFailed} when the source does not fit together
 */
export async function bundleCode(parts: CodeParts): Promise<BundledCode> {
  const files = new Map<string, Uint8Array>();
  const inputs = new Set<string>();
  const asked = new Set<string>(apart);
  const built = new Set<string>();
  let entries: Record<string, string> = {
    board: path.join(parts.root, "firmware", "launch.ts"),
    main: path.join(parts.root, "firmware", "main.ts"),
    "hash-password": path.join(parts.root, "firmware", "main-hash-password.ts"),
  };
  for (let round = 0; round < mostRounds && Object.keys(entries).length > 0; round += 1) {
    const result = await buildOrSayWhy({
      ...settings(parts, entries),
      plugins: [leftOut(parts.root), partsOfTheirOwn(parts.root, asked), nativeLinks(parts.root, parts.target, parts.nodes)],
    });
    for (const { path: file, contents } of result.outputFiles) files.set(path.basename(file), contents);
    for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
    const open = [...asked].filter((name) => !built.has(name));
    for (const name of open) built.add(name);
    entries = Object.fromEntries(open.map((name) => [partName(name), name]));
  }
  return { files, inputs };
}

async function buildOrSayWhy<Options extends BuildOptions>(options: SameShape<BuildOptions, Options>): Promise<BuildResult<Options>> {
  try {
    return await build(options);
  } catch (error) {
    throw new BuildFailed("bundling", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function settings({ root }: CodeParts, entryPoints: Record<string, string>) {
  return {
    entryPoints,
    outdir: path.join(root, "dist"),
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    // CommonJS: it loads in half the time of ES modules, and only it spares what `node:http` brings along when it is imported as a whole.
    format: "cjs",
    target: "node20",
    supported: { "dynamic-import": false },
    minify: true,
    legalComments: "none",
    charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"', "import.meta.url": "bundleUrl" },
    banner: { js: 'const bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "silent",
    absWorkingDir: root,
    write: false,
    metafile: true,
  } as const;
}

/** Leads dynamic imports of packages to files of their own, and notes them in `asked`. */
function partsOfTheirOwn(root: string, asked: Set<string>): Plugin {
  const file = (name: string) => ({ path: `./${name}.cjs`, external: true });
  return {
    name: "parts-of-their-own",
    setup(builder) {
      builder.onResolve({ filter: /^\.\/main\.ts$/ }, ({ importer }) =>
        importer === path.join(root, "firmware", "launch.ts") ? file("main") : undefined,
      );
      // A copy of Node's own streams for old engines: 80 KB that Node has anyway.
      builder.onResolve({ filter: /^readable-stream$/ }, () => ({ path: "node:stream", external: true }));
      builder.onResolve({ filter: /^[a-z@]/ }, ({ path: name, kind }) => {
        if (name.startsWith("node:") || kind === "entry-point") return undefined;
        if (kind === "dynamic-import") asked.add(name);
        else if (!apart.includes(name)) return undefined;
        return file(partName(name));
      });
    },
  };
}
