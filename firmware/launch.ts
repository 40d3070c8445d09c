import { enableCompileCache } from "node:module";
import path from "node:path";
import { readSettings } from "../shared/console/settings.ts";

// Compiling the board's code is the largest part of its start. Node keeps the compiled form in the data directory, checked against source and
// version, so that every start but the first finds it there. Node 20 has no such cache and starts without.
try {
  enableCompileCache?.(path.join(path.resolve(readSettings(process.argv.slice(2), process.env).data), "code-cache"));
} catch {
  // Settings that cannot be read are told by the board itself.
}
void import("./main.ts");
