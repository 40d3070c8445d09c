import test from "ava";
import { NodeTaskRunner } from "../../../firmware/acquisition/tasks/task-runner.ts";
import { LivenessProbe } from "../../../firmware/console/liveness-probe.ts";
import { SchedulerCheck } from "../../../firmware/console/scheduler-check.ts";
import { StoreCheck } from "../../../firmware/console/store-check.ts";
import { NodeClock } from "../../../firmware/platform/clock-node.ts";
import { LevelTwinStore } from "../../../firmware/twin/twin-store-level.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";
import { openBroker } from "../broker/open-broker.ts";

const { signal } = new AbortController();

test("a real scheduler, broker and store prove alive, and a broker that is closed does not", async (t) => {
  using scratch = new ScratchDirectory();
  const [clock, log] = [new NodeClock(), new FakeLog()];
  const { broker } = await openBroker(t);
  const store = await LevelTwinStore.open({ directory: scratch.path, clock, log });
  const runner = new NodeTaskRunner({ clock, log, concurrency: 4 });
  const scheduler = new SchedulerCheck({ runner, clock, patience: millis(60_000) });
  const probe = new LivenessProbe({
    checks: [scheduler, { name: "broker", run: (stop) => broker.probe(stop) }, new StoreCheck({ store, clock })],
    deadline: millis(60_000),
    clock,
    log,
  });
  t.true(await probe.alive(signal));
  t.true(await probe.alive(signal));
  await broker.close();
  t.false(await probe.alive(signal));
  t.deepEqual(
    probe.health().map(({ name }) => name),
    ["liveness broker"],
  );
  scheduler.close();
  await runner.close();
  await store.close();
});
