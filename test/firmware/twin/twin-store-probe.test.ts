import test from "ava";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import type { BatchWriter } from "../../../firmware/twin/batch-writer.ts";
import { BatchedTwinStore } from "../../../firmware/twin/batched-twin-store.ts";
import { LevelTwinStore } from "../../../firmware/twin/twin-store-level.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { sampleOf } from "./sample-of.ts";

class StoreOver extends BatchedTwinStore {
  constructor(writer: BatchWriter, clock: FakeClock) {
    super({ clock, log: new FakeLog() }, writer, [], 0);
  }
}

test("a store on disk takes a probe, keeps it out of the twins, and opens again", async (t) => {
  using scratch = new ScratchDirectory();
  for (let round = 0; round < 2; round += 1) {
    const store = await LevelTwinStore.open({ directory: scratch.path, clock: new NodeClock(), log: new FakeLog() });
    await store.probe();
    t.deepEqual([[...store.list()], store.recovery], [[], "clean"]);
    await store.close();
  }
  const closed = await LevelTwinStore.open({ directory: scratch.path, clock: new NodeClock(), log: new FakeLog() });
  await closed.close();
  await t.throwsAsync(closed.probe());
});

test("a store says since when it writes, and when the disk last answered, with a yes or a no", async (t) => {
  const clock = new FakeClock();
  let answer: (error?: Error) => void = () => undefined;
  const store = new StoreOver(
    {
      write: () => new Promise((resolve, reject) => (answer = (error) => (error === undefined ? resolve() : reject(error)))),
      recover: async () => false,
      close: async () => undefined,
    },
    clock,
  );
  t.deepEqual([store.writingSince, store.answeredAt], [undefined, undefined]);
  store.report(sampleOf("a/x", 1));
  await clock.advance(millis(1500));
  t.deepEqual([store.writingSince, store.answeredAt], [millis(1000), undefined]);
  answer();
  await clock.advance(millis(0));
  t.deepEqual([store.writingSince, store.answeredAt], [undefined, millis(1500)]);
  store.report(sampleOf("a/x", 2));
  await clock.advance(millis(1000));
  t.is(store.writingSince, millis(2500));
  answer(new Error("ENOSPC"));
  await clock.advance(millis(0));
  t.deepEqual([store.writingSince, store.answeredAt], [undefined, millis(2500)]);
});
