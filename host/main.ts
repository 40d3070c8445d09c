import { fileURLToPath } from "node:url";
import { runGateway } from "./run-gateway.ts";

process.exit(await runGateway(process.argv.slice(2), fileURLToPath(new URL("../firmware/launch.ts", import.meta.url))));
