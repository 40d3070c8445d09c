import path from "node:path";
import { build } from "vite";
import { root } from "../docs/source-tree.ts";

/** Builds the console into `outDir`, as the product does. */
export async function buildConsole(outDir: string): Promise<void> {
  const folder = path.join(root, "host/console/web");
  await build({ root: folder, configFile: path.join(folder, "vite.config.ts"), logLevel: "error", build: { outDir, emptyOutDir: true } });
}
