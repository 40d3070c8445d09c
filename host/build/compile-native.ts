import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { BoardTarget } from "./board-targets.ts";
import type { BuildPlace } from "./build-place.ts";
import { checkNativePart } from "./check-native-part.ts";
import { runTool } from "./run-tool.ts";

/** A native part to be compiled. */
export interface NativeSource {
  readonly name: string;
  /** Absolute paths of C (`.c`) and C++ files. */
  readonly files: readonly string[];
  /** Folders of headers, absolute. */
  readonly includes: readonly string[];
  /** Flags for C and C++ alike. */
  readonly flags: readonly string[];
  readonly flagsC?: readonly string[];
  readonly flagsCxx?: readonly string[];
}

type Language = "c" | "c++";

const compileFlags = ["-fPIC", "-O2", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections"];
/** No build id gets into the file, and no name that only a debugger reads. */
const linkFlags = ["-shared", "-Wl,--build-id=none", "-Wl,-s", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now"];

/** The compiler for a target on this machine. */
function compilerOf(target: BoardTarget, language: Language): string {
  if (process.platform === "linux" && process.arch === target.arch)
    return language === "c" ? (process.env["CC"] ?? "cc") : (process.env["CXX"] ?? "c++");
  return `${target.triple}-${language === "c" ? "gcc" : "g++"}`;
}

/**
 * Compiles one native part into `output`. The same source, flags and compiler give the same bytes, and are compiled once.
 * @throws {BuildFailed} {NativePartWrong}
 */
export async function compileNative(place: BuildPlace, target: BoardTarget, source: NativeSource, output: string): Promise<void> {
  const what = `compiling ${source.name} for ${target.name}`;
  const units = source.files.map((file) => unitOf(place, target, source, file));
  const key = createHash("sha256").update(JSON.stringify([linkFlags, await compilerVersions(target)]));
  // What the preprocessor makes of a file holds every header that it includes.
  for (const { compiler, flags, file } of units)
    key.update(flags.join(" ").replaceAll(place.root, ".")).update(await runTool(what, compiler, ["-E", "-P", ...flags, file]));
  const kept = path.join(place.cache, "natives", `${key.digest("hex")}.node`);
  if (!existsSync(kept)) {
    await mkdir(path.dirname(kept), { recursive: true });
    const aside = await mkdtemp(path.join(path.dirname(kept), "compiling-"));
    try {
      for (const { compiler, flags, file, object } of units)
        await runTool(what, compiler, [...flags, "-c", file, "-o", object], { cwd: aside });
      const linker = compilerOf(target, units.some(({ language }) => language === "c++") ? "c++" : "c");
      await runTool(what, linker, [...linkFlags, ...units.map(({ object }) => object), "-pthread", "-o", "part.node"], { cwd: aside });
      checkNativePart(source.name, await readFile(path.join(aside, "part.node")), target);
      await rename(path.join(aside, "part.node"), kept);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }
  await mkdir(path.dirname(output), { recursive: true });
  await copyFile(kept, `${output}.${process.pid}`);
  await rename(`${output}.${process.pid}`, output);
}

function unitOf(place: BuildPlace, target: BoardTarget, source: NativeSource, file: string) {
  const language: Language = file.endsWith(".c") ? "c" : "c++";
  const flags = [
    ...compileFlags,
    // Paths of the machine that compiles do not get into the file.
    `-ffile-prefix-map=${place.root}=.`,
    ...target.compilerFlags,
    ...source.flags,
    ...((language === "c" ? source.flagsC : source.flagsCxx) ?? []),
    ...source.includes.map((folder) => `-I${folder}`),
  ];
  return { language, compiler: compilerOf(target, language), flags, file, object: `${path.basename(file)}.o` };
}

/**
 * What the compilers for a target say of their versions.
 * @throws {BuildFailed} when this machine has none
 */
export async function compilerVersions(target: BoardTarget): Promise<readonly string[]> {
  const wanted = process.arch === target.arch ? "g++" : `g++-${target.triple.replace("_", "-")}`;
  const version = (language: Language) =>
    runTool(`a compiler for ${target.name}`, compilerOf(target, language), ["--version"], { advice: `apt-get install ${wanted}` });
  return Promise.all([version("c"), version("c++")]);
}
