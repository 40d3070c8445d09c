import test from "ava";
import type { TwinStoreOptions } from "../../../firmware/twin/twin-store-options.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { decodeFeature } from "../../../shared/twin/feature-document.ts";
import type { FeatureTwin } from "../../../shared/twin/feature-twin.ts";
import type { TwinChange } from "../../../shared/twin/ports.ts";
import { TwinStoreFailed } from "../../../shared/twin/twin-errors.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { sampleOf } from "./sample-of.ts";
import { ScriptedTwinStore, ScriptedWriter } from "./scripted-writer.ts";
import { metric } from "./store-bench.ts";

const full = new Error("No space left on device");
const retry = { initial: millis(1000), max: millis(4000) };

function openScripted(options: TwinStoreOptions = {}): {
  readonly store: ScriptedTwinStore;
  readonly writer: ScriptedWriter;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly changes: TwinChange[];
} {
  const writer = new ScriptedWriter();
  const clock = new FakeClock();
  const log = new FakeLog();
  const store = new ScriptedTwinStore({ retry, ...options, clock, log }, writer);
  const changes: TwinChange[] = [];
  store.onCommit((some) => changes.push(...some));
  return { store, writer, clock, log, changes };
}

/** What is on the disk, read as after a restart. */
function onDisk({ disk }: ScriptedWriter, key: `${string}/${string}`): FeatureTwin | undefined {
  const text = disk.get(key);
  const cut = key.indexOf("/");
  return text === undefined ? undefined : decodeFeature(key.slice(0, cut), key.slice(cut + 1), text);
}

test("while one commit is written the next one gathers", async (t) => {
  const { store, writer } = openScripted();
  let open = (): void => {};
  writer.gate = new Promise((resolve) => {
    open = resolve;
  });
  const first = store.patchDesired("a/0", {});
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const rest = [1, 2, 3, 4, 5].map((index) => store.patchDesired(`a/${index}`, {}));
  open();
  await Promise.all([first, ...rest]);
  t.deepEqual(
    writer.batches.map((records) => records.map(({ key }) => key)),
    [["a/0"], ["a/1", "a/2", "a/3", "a/4", "a/5"]],
  );
  await store.close();
});

test("a patch that the disk refuses is answered so and not applied, now or later", async (t) => {
  const { store, writer, clock, changes } = openScripted();
  await store.patchDesired("pump-1/speed", { value: 5 });
  writer.failure = full;
  const error = await t.throwsAsync(store.patchDesired("pump-1/speed", { value: 6 }), {
    instanceOf: TwinStoreFailed,
    code: "EDGE_TWIN_STORE",
  });
  t.is(error?.cause, full);
  t.like(store.get("pump-1/speed"), { desired: { value: 5 }, desiredRev: 1 });
  writer.failure = undefined;
  await clock.advance(millis(10_000));
  t.like(store.get("pump-1/speed"), { desired: { value: 5 } });
  t.like(onDisk(writer, "pump-1/speed"), { desired: { value: 5 }, desiredRev: 1 });
  t.false(changes.some(({ twin }) => twin.desired?.["value"] === 6));
  await store.close();
});

test("a refused patch that reached the disk all the same is written over", async (t) => {
  const { store, writer, clock } = openScripted();
  await store.patchDesired("pump-1/speed", { value: 5 });
  writer.failure = full;
  writer.leaky = true;
  const outcomes = await Promise.allSettled([
    store.patchDesired("pump-1/speed", { value: 6 }),
    store.patchDesired("pump-2/speed", { value: 7 }),
  ]);
  t.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  t.like(onDisk(writer, "pump-2/speed"), { desired: { value: 7 } });
  writer.failure = undefined;
  await clock.advance(millis(10_000));
  t.like(onDisk(writer, "pump-1/speed"), { desired: { value: 5 } });
  t.is(onDisk(writer, "pump-2/speed"), undefined);
  t.is(store.get("pump-2/speed"), undefined);
  t.is(metric(store, "penstock_twin_pending"), 0);
  await store.close();
});

test("patches that gather behind a refused commit are refused with it", async (t) => {
  const { store, writer } = openScripted();
  await store.putStatus("a/0", { text: "ok", indicator: "idle", at: instant(1) });
  let open = (): void => {};
  writer.gate = new Promise((resolve) => {
    open = resolve;
  });
  writer.failure = full;
  const first = store.patchDesired("a/0", { value: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const others = [store.patchDesired("a/0", { value: 2 }), store.patchDesired("a/1", {}), store.remove("a/0")];
  t.is(store.get("a/0"), undefined);
  open();
  const outcomes = await Promise.allSettled([first, ...others]);
  t.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected", "rejected", "rejected"],
  );
  t.like(store.get("a/0"), { desired: undefined, desiredRev: 0, status: { text: "ok" } });
  t.is(store.get("a/1"), undefined);
  writer.failure = undefined;
  await store.flush();
  t.like(onDisk(writer, "a/0"), { status: { text: "ok" } });
  t.is(onDisk(writer, "a/1"), undefined);
  await store.close();
});

test("reported values wait out a full disk, newest first lost, none held twice, and are written when there is room again", async (t) => {
  const { store, writer, clock, log, changes } = openScripted({ commitInterval: millis(1000) });
  writer.failure = full;
  for (let second = 0; second < 60; second++) {
    for (let feature = 0; feature < 10; feature++) store.report(sampleOf(`pump-1/p${feature}`, second, second));
    await clock.advance(millis(1000));
  }
  t.deepEqual(changes, []);
  t.is(metric(store, "penstock_twin_pending"), 10);
  const failures = metric(store, "penstock_twin_failures_total") ?? 0;
  // One at the first second, then after waits that double from 1 to 4 s, the upper half of each at random.
  t.true(failures >= 12 && failures <= 32, `${failures} attempts`);
  t.is(log.entries.filter(({ level }) => level === "error").length, failures);
  t.is(writer.recoveries, failures - 1);
  t.false(store.writable);
  writer.failure = undefined;
  await clock.advance(millis(4000));
  t.is(metric(store, "penstock_twin_pending"), 0);
  t.is(changes.length, 10);
  t.true(store.writable);
  for (const { twin, reported } of changes) {
    t.true(reported);
    t.like(twin, { reported: { value: 59 } });
  }
  t.like(await store.patchDesired("pump-1/p0", { value: 1 }), { desired: { value: 1 } });
  await store.close();
});

test("a store that cannot be opened again refuses and goes on trying", async (t) => {
  const { store, writer, clock } = openScripted();
  writer.failure = full;
  writer.recoverFailure = new Error("Input/output error");
  await t.throwsAsync(store.patchDesired("a/0", {}), { instanceOf: TwinStoreFailed, message: /No space/ });
  const second = t.throwsAsync(store.patchDesired("a/0", {}), { instanceOf: TwinStoreFailed, message: /Input\/output/ });
  await clock.advance(millis(4000));
  await second;
  writer.failure = undefined;
  writer.recoverFailure = undefined;
  const third = store.patchDesired("a/0", { value: 1 });
  await clock.advance(millis(8000));
  t.like(await third, { desired: { value: 1 } });
  await store.close();
});

test("what a recovery finds lost is written again from memory", async (t) => {
  const { store, writer, clock } = openScripted();
  for (let feature = 0; feature < 5; feature++) await store.patchDesired(`a/${feature}`, { value: feature });
  writer.failure = full;
  await t.throwsAsync(store.patchDesired("b/0", {}), { instanceOf: TwinStoreFailed });
  writer.failure = undefined;
  writer.emptied = true;
  await clock.advance(millis(4000));
  t.deepEqual([...writer.disk.keys()].sort(), ["a/0", "a/1", "a/2", "a/3", "a/4"]);
  t.like(onDisk(writer, "a/3"), { desired: { value: 3 } });
  await store.close();
});

test("a flush says when the disk refuses, and does not wait for the next attempt", async (t) => {
  const { store, writer } = openScripted();
  store.report(sampleOf("a/0", 1));
  writer.failure = full;
  await t.throwsAsync(store.flush(), { instanceOf: TwinStoreFailed });
  await t.throwsAsync(store.flush(), { instanceOf: TwinStoreFailed });
  writer.failure = undefined;
  await store.flush();
  t.like(onDisk(writer, "a/0"), { reported: { value: 1 } });
  await store.close();
});

test("closing on a full disk ends, says what is lost and closes the disk", async (t) => {
  const { store, writer, clock, log } = openScripted();
  writer.failure = full;
  const patched = t.throwsAsync(store.patchDesired("a/0", {}), { instanceOf: TwinStoreFailed });
  store.report(sampleOf("a/1", 1));
  await store.close();
  await patched;
  t.is(writer.closed, 1);
  t.is(clock.armed, 0);
  t.is(log.entries.at(-1)?.message, "the newest values of some twins could not be written");
});

test("a removal that failed does not undo a feature that came back meanwhile", async (t) => {
  const { store, writer, clock } = openScripted();
  await store.patchDesired("a/0", { value: 1 });
  writer.failure = full;
  const removed = t.throwsAsync(store.remove("a/0"), { instanceOf: TwinStoreFailed });
  store.report(sampleOf("a/0", 9));
  await removed;
  writer.failure = undefined;
  await clock.advance(millis(10_000));
  t.like(onDisk(writer, "a/0"), { reported: { value: 9 } });
  t.like(store.get("a/0"), { reported: { value: 9 } });
  await store.close();
});
