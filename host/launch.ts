import { enableCompileCache } from "node:module";
import path from "node:path";
import { readSettings } from "../shared/console/settings.ts";

// Node keeps what it made of the sources in the data directory, so that later starts neither strip types nor compile: less time and less memory.
try {
  enableCompileCache(path.join(path.resolve(readSettings(process.argv.slice(2), process.env).data), "code-cache"));
} catch {
  // Settings that cannot be read are told by the gateway itself.
}
void import("./main.ts");
