import { AedesBroker } from "../../firmware/broker/aedes-broker.ts";
import { NodeClock } from "../../firmware/platform/clock-node.ts";

// One broker in a process of its own: `node broker-process.ts DIRECTORY PORT`. Says "ready" when it listens.
const [directory = "", port = "0"] = process.argv.slice(2);
const quiet = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
const broker = await AedesBroker.open({
  directory,
  config: {
    listeners: [{ protocol: "mqtt", port: Number(port) }],
    anonymousRules: { publish: ["penstock/v1/#", "bench/#"], subscribe: ["#"] },
  },
  clock: new NodeClock(),
  log: quiet,
});
process.once("SIGTERM", () => void broker.close().then(() => process.exit(0)));
console.log("ready");
