import { enableCompileCache } from "node:module";
import path from "node:path";
import { readSettings } from "../shared/console/settings.ts";
import { supervisorEnvironment, supervisorFlags } from "./platform/supervisor-flags.ts";

/** Where Node keeps what it made of the sources, so that later starts neither strip types nor compile: less time and less memory. */
function codeCache(): string | undefined {
  try {
    return path.join(path.resolve(readSettings(process.argv.slice(2), process.env).data), "code-cache");
  } catch {
    // Settings that cannot be read are told by the gateway itself.
    return undefined;
  }
}

/** Puts a Node that was told to be small in the place of this one, in the same process. Such things can be said only at its start. */
function startSmall(directory: string | undefined): void {
  const given = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  if (process.platform !== "linux" || process.execve === undefined || given.includes("--max-semi-space-size")) return;
  process.execve(process.execPath, [process.execPath, ...supervisorFlags, ...process.execArgv, ...process.argv.slice(1)], {
    ...supervisorEnvironment,
    ...(directory !== undefined && { NODE_COMPILE_CACHE: directory }),
    ...process.env,
  });
}

const directory = codeCache();
startSmall(directory);
// Where the place was not taken.
if (directory !== undefined) enableCompileCache(directory);
void import("./main.ts");
