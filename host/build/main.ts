import { fileURLToPath } from "node:url";
import { EdgeError } from "../../shared/base/edge-error.ts";
import { readBuildCommand } from "./build-command.ts";
import { buildPlace } from "./build-place.ts";
import { runBuild } from "./run-build.ts";

const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const { CI: ci } = process.env;

try {
  await runBuild(readBuildCommand(process.argv.slice(2)), {
    place: buildPlace(root, (line) => console.error(`penstock: ${line}`)),
    strict: ci !== undefined && ci !== "" && ci !== "false",
  });
} catch (error) {
  console.error(error instanceof EdgeError ? `penstock: ${error.message}` : error);
  process.exitCode = 1;
}
