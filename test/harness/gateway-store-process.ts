// A store under load that says, one a line, what was acknowledged. usage: node gateway-store-process.ts DIRECTORY

import { NodeClock } from "../../host/platform/clock-node.ts";
import { LevelGatewayStore } from "../../host/twin/store/level-gateway-store.ts";
import { FakeLog } from "./fake-log.ts";
import { storeLoad } from "./gateway-store-load.ts";

const [directory = ""] = process.argv.slice(2);
const store = await LevelGatewayStore.open({ directory, clock: new NodeClock(), log: new FakeLog() });
if (store.repaired !== undefined) throw new Error(store.repaired);
await storeLoad(store, (writer, round) => process.stdout.write(`${writer} ${round}\n`));
