// Changes twins without end and says `<key> <rev> <n>` for each change that the store says is on disk. usage: twin-writer-process.ts DIRECTORY FIRST
import { writeSync } from "node:fs";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import { LevelTwinStore } from "../../../firmware/twin/twin-store-level.ts";
import { featureKey } from "../../../shared/twin/feature-twin.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { sampleOf } from "./sample-of.ts";

const [directory = "", first = "0"] = process.argv.slice(2);
const callers = 20;
const features = 5;
const store = await LevelTwinStore.open({ directory, clock: new NodeClock(), log: new FakeLog() });

async function caller(number: number): Promise<void> {
  for (let n = Number(first); ; n++) {
    const key = featureKey(`pump-${number}`, `p${n % features}`);
    store.report(sampleOf(key, n, n));
    const twin = await store.patchDesired(key, { n, text: "x".repeat(n % 500) });
    writeSync(1, `${key} ${twin.rev} ${n}\n`);
  }
}

await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
