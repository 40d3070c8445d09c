import { join } from "node:path";
import test from "ava";
import { LevelTwinStore } from "../../../firmware/twin/twin-store-level.ts";
import { isJsonObject } from "../../../shared/base/json.ts";
import { CrashChild } from "../../harness/crash-child.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";

const script = join(import.meta.dirname, "twin-writer-process.ts");

test("a process killed at any moment has lost no change that it said was on disk, and its store opens", async (t) => {
  using scratch = new ScratchDirectory();
  /** By feature: the last revision and number that were promised. */
  const promised = new Map<string, { rev: number; n: number }>();
  let first = 0;
  for (let round = 0; round < 5; round++) {
    const child = CrashChild.start({ script, args: [scratch.path, `${first}`] });
    await child.said(1 + Math.floor(Math.random() * 3000));
    const lines = await child.kill();
    for (const line of lines) {
      const [key = "", rev, n] = line.split(" ");
      promised.set(key, { rev: Number(rev), n: Number(n) });
      first = Math.max(first, Number(n) + 1);
    }

    const log = new FakeLog();
    const store = await LevelTwinStore.open({ directory: scratch.path, clock: new FakeClock(), log });
    t.is(store.recovery, "clean");
    t.deepEqual(log.entries, []);
    const lost: string[] = [];
    for (const { thing, feature, rev, desired } of store.list()) {
      const key = `${thing}/${feature}`;
      const least = promised.get(key);
      const n = isJsonObject(desired) ? desired["n"] : undefined;
      if (least !== undefined && (rev < least.rev || typeof n !== "number" || n < least.n)) lost.push(`${key}: ${rev} ${n}`);
    }
    t.deepEqual(lost, [], `round ${round}, ${lines.length} promises`);
    const found = new Set([...store.list()].map(({ thing, feature }) => `${thing}/${feature}`));
    t.deepEqual(
      [...promised.keys()].filter((key) => !found.has(key)),
      [],
    );
    await store.close();
  }
});
