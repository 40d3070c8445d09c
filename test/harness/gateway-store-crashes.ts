import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LevelGatewayStore } from "../../host/twin/store/level-gateway-store.ts";
import { CrashChild } from "./crash-child.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeLog } from "./fake-log.ts";
import { storeFaults } from "./gateway-store-load.ts";

const script = fileURLToPath(new URL("gateway-store-process.ts", import.meta.url));

export interface StoreCrashes {
  readonly kills: number;
  /** Changes that were acknowledged. */
  readonly promised: number;
  readonly faults: readonly string[];
}

/** Kills a store under load at random moments, so many times, and looks each time whether it kept what it promised. */
export async function crashStore(home: string, kills: number): Promise<StoreCrashes> {
  const directory = join(home, "store");
  const promised = new Map<number, number>();
  const faults: string[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    const child = CrashChild.start({ script, args: [directory] });
    await child.said(20);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    for (const line of await child.kill()) {
      const [writer = 0, round = 0] = line.split(" ").map(Number);
      if (round <= (promised.get(writer) ?? 0)) faults.push(`writer ${writer} went back to ${round}`);
      promised.set(writer, round);
    }
    await using store = await LevelGatewayStore.open({ directory, clock: new FakeClock(), log: new FakeLog() });
    if (store.repaired !== undefined) faults.push(store.repaired);
    faults.push(...(await storeFaults(store, promised)).map((fault) => `after kill ${kill}: ${fault}`));
  }
  return { kills, promised: [...promised.values()].reduce((sum, round) => sum + round, 0), faults };
}
