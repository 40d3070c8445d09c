import { fileURLToPath } from "node:url";
import test from "ava";
import { LevelGatewayStore } from "../../../../host/twin/store/level-gateway-store.ts";
import { CrashChild } from "../../../harness/crash-child.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";

const script = fileURLToPath(new URL("./ingest-process.ts", import.meta.url));
const boards = 4;
const rounds = 4;

test("a gateway that is killed under load has each acknowledged record once, and its cursors only grow", async (t) => {
  t.timeout(180_000);
  using scratch = new ScratchDirectory();
  const acknowledged = new Map<string, number>();
  const before = new Map<string, number>();
  for (let round = 1; round <= rounds; round++) {
    const child = CrashChild.start({ script, args: [scratch.path, `${boards}`] });
    await child.said(20 + round * 30);
    for (const line of await child.kill()) {
      const [board = "", stream = "", , seq = "0"] = line.split(" ");
      acknowledged.set(`${board}/${stream}`, Number(seq));
    }
    const store = await LevelGatewayStore.open({ directory: scratch.path, clock: new FakeClock(), log: new FakeLog() });
    t.is(store.repaired, undefined);
    for (let at = 0; at < boards; at++) {
      const cursors = await store.cursors(`b${at}`);
      for (const stream of ["s", "q"]) {
        const key = `b${at}/${stream}`;
        const seq = cursors.get(stream)?.seq ?? 0;
        t.true(seq >= (acknowledged.get(key) ?? 0), `${key} stands at ${seq}, ${acknowledged.get(key)} was acknowledged`);
        t.true(seq >= (before.get(key) ?? 0), `${key} went back to ${seq}`);
        before.set(key, seq);
        const query = { thing: `b${at}-${stream}`, feature: "x", from: 0, to: 9e12, limit: 1_000_000 };
        const values = (await store.history.readings(query, new AbortController().signal)).map(({ value }) => value);
        t.deepEqual(
          values,
          Array.from({ length: seq }, (_, index) => index + 1),
          `${key}: the records are not those up to its cursor`,
        );
      }
    }
    await store.close();
  }
});
