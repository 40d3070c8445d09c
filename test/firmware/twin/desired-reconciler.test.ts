import test from "ava";
import { DesiredReconciler } from "../../../firmware/twin/desired-reconciler.ts";
import { MemoryTwinStore } from "../../../firmware/twin/twin-store-memory.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { FakeActuator } from "../../harness/fake-actuator.ts";
import { FakeClock, settle } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

async function setUp() {
  const clock = new FakeClock();
  const log = new FakeLog();
  const store = await MemoryTwinStore.open({ clock, log });
  const actuator = new FakeActuator();
  const open = () => new DesiredReconciler({ store, actuator, clock, log, random: () => 0.5 });
  return { clock, log, store, actuator, open, reconciler: open() };
}

test("an intent is stored with who wanted it, written, and confirmed on the twin", async (t) => {
  const { clock, store, actuator, reconciler } = await setUp();
  const wanted = reconciler.want("pump", "speed", 40, "anna");
  await clock.advance(millis(10));
  t.deepEqual(await wanted, { state: "done", before: 1, after: 40 });
  t.deepEqual(actuator.written, [{ value: 40, who: "anna" }]);
  const twin = store.get("pump/speed");
  t.like(twin?.desired, { value: 40, by: "anna" });
  t.is(twin?.observedRev, twin?.desiredRev);
  t.is(twin?.status?.indicator, "idle");
});

test("a value that is not allowed never becomes an intent", async (t) => {
  const { store, actuator, reconciler } = await setUp();
  t.deepEqual(await reconciler.want("pump", "speed", 200, "anna"), { state: "refused", code: "EDGE_WRITE_REFUSED", reason: "at most 100" });
  t.like(await reconciler.want("pump", "level", 1, "anna"), { state: "refused", code: "EDGE_WRITE_UNKNOWN" });
  t.deepEqual(actuator.written, []);
  t.is(store.get("pump/speed"), undefined);
});

test("a device that is away is asked again until it takes the intent", async (t) => {
  const { clock, store, actuator, reconciler } = await setUp();
  actuator.outcomes = ["failed", "failed", "written"];
  const wanted = reconciler.want("pump", "speed", 40, "anna");
  await clock.advance(millis(100));
  t.is(store.get("pump/speed")?.status?.indicator, "in_progress");
  await clock.advance(millis(3000));
  t.like(await wanted, { state: "done" });
  t.is(actuator.written.length, 3);
  t.is(store.get("pump/speed")?.status?.indicator, "idle");
});

test("an intent that the device does not take in time fails, and the twin says so", async (t) => {
  const { clock, store, actuator, reconciler } = await setUp();
  actuator.outcomes = ["failed"];
  const wanted = reconciler.want("pump", "speed", 40, "anna");
  await clock.advance(millis(20_000));
  t.like(await wanted, { state: "failed", code: "EDGE_MODBUS_TIMEOUT", reason: "no reply" });
  const twin = store.get("pump/speed");
  t.is(twin?.status?.indicator, "error");
  t.true((twin?.observedRev ?? 0) < (twin?.desiredRev ?? 0));
  t.is(clock.armed - 1, 0);
});

test("a newer intent ends the older one", async (t) => {
  const { clock, store, actuator, reconciler } = await setUp();
  actuator.outcomes = ["failed", "written"];
  const older = reconciler.want("pump", "speed", 40, "anna");
  await clock.advance(millis(100));
  const newer = reconciler.want("pump", "speed", 50, "ben");
  await clock.advance(millis(100));
  t.like(await older, { state: "failed", code: "EDGE_INTENT_SUPERSEDED" });
  t.like(await newer, { state: "done", after: 50 });
  t.deepEqual(
    actuator.written.map(({ value }) => value),
    [40, 50],
  );
  t.like(store.get("pump/speed")?.desired, { value: 50, by: "ben" });
});

test("an intent that was stored but not seen through is taken up after a restart, unless its time is over or it had failed", async (t) => {
  const { clock, store, actuator, open } = await setUp();
  await Promise.all([store.patchDesired("pump/speed", { value: 40, by: "anna", at: clock.wall() - 1000 }), clock.advance(millis(10))]);
  const again = open();
  again.resume();
  await clock.advance(millis(10));
  t.deepEqual(actuator.written, [{ value: 40, who: "anna" }]);
  again.resume();
  await clock.advance(millis(10));
  t.is(actuator.written.length, 1);
  await Promise.all([store.patchDesired("pump/speed", { value: 41, at: clock.wall() }), clock.advance(millis(10))]);
  await Promise.all([
    store.putStatus("pump/speed", { text: "no", indicator: "error", at: instant(clock.wall() + 1) }),
    clock.advance(millis(10)),
  ]);
  again.resume();
  await clock.advance(millis(10));
  t.is(actuator.written.length, 1);
});

test("a point that is to hold its value is written again when the device drifts; another is left alone", async (t) => {
  for (const hold of [true, false]) {
    const { clock, store, actuator, reconciler } = await setUp();
    actuator.hold = hold;
    const wanted = reconciler.want("pump", "speed", 40, "anna");
    await clock.advance(millis(10));
    await wanted;
    const at = clock.wall();
    store.report({ thing: "pump", feature: "speed", value: 30, quality: "good", source: at, received: at });
    await clock.advance(millis(2000));
    t.is(actuator.written.length, hold ? 2 : 1);
  }
});

test("closing ends a pursuit and keeps the intent for the next start", async (t) => {
  const { clock, store, actuator, reconciler } = await setUp();
  actuator.outcomes = ["failed"];
  const wanted = reconciler.want("pump", "speed", 40, "anna");
  await clock.advance(millis(100));
  await reconciler.close();
  t.like(await wanted, { state: "failed", code: "EDGE_INTENT_SUPERSEDED" });
  const twin = store.get("pump/speed");
  t.like(twin?.desired, { value: 40 });
  t.true((twin?.observedRev ?? 0) < (twin?.desiredRev ?? 0));
  t.like(await reconciler.want("pump", "speed", 41, "anna"), { state: "failed" });
  await settle();
});
