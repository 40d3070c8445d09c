import { fileURLToPath } from "node:url";
import { runGateway } from "../../host/run-gateway.ts";

// `npm start` with the stand-in for its board.
process.exit(await runGateway(process.argv.slice(2), fileURLToPath(new URL("./stand-in-board.ts", import.meta.url))));
