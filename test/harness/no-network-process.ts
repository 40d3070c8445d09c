// A board and its unit in a network namespace with nothing but a loopback: `node no-network-process.ts URL` says in one line of JSON how the uplink to URL stands.
import { isJsonObject, type JsonObject } from "../../shared/base/json.ts";
import { FarmProcess } from "./farm-process.ts";
import { RunningBoard } from "./running-board.ts";
import { BoardWatch, eventually, watchedConfig } from "./watched-board.ts";

const [uplink = ""] = process.argv.slice(2);
const farm = await FarmProcess.start();
const board = await RunningBoard.start({ config: watchedConfig({ port: farm.port, uplink }) });
const watch = await BoardWatch.open({ teardown: () => {} }, board);
await watch.sampled();
await eventually(async () => (await watch.metric("penstock_uplink_failures_total")) >= 2);
const health: unknown = await (await fetch(`${board.health}/health`)).json();
const checks = isJsonObject(health) && Array.isArray(health["checks"]) ? health["checks"] : [];
const uplinkCheck = checks.find((check): check is JsonObject => isJsonObject(check) && check["name"] === "uplink");
await watch.sampled();
console.log(JSON.stringify({ uplink: uplinkCheck, ailing: await watch.ailing(), samples: watch.samples }));
watch.close();
await board.stop();
await board.clean();
await farm.stop();
process.exit(0);
