import test from "ava";
import { TaskExists } from "../../../../firmware/acquisition/tasks/task-errors.ts";
import { NodeTaskRunner } from "../../../../firmware/acquisition/tasks/task-runner.ts";
import type { Task } from "../../../../shared/acquisition/ports.ts";
import type { Schedule } from "../../../../shared/acquisition/tasks/schedule.ts";
import { SchedulerFull } from "../../../../shared/acquisition/tasks/scheduler-errors.ts";
import { Stopped } from "../../../../shared/base/stop-signal.ts";
import { instant, millis } from "../../../../shared/base/units.ts";
import { FakeClock, settle } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const every = (period: number, phase?: number): Schedule => ({
  kind: "periodic",
  every: millis(period),
  ...(phase === undefined ? {} : { phase: millis(phase) }),
});

function makeRunner(more: { readonly concurrency?: number; readonly capacity?: number; readonly wall?: number } = {}) {
  const clock = new FakeClock(instant(more.wall ?? 1_700_000_000_000));
  const log = new FakeLog();
  const runner = new NodeTaskRunner({ clock, log, ...more });
  /** Where and when what ran, by the monotonic clock. */
  const ran: string[] = [];
  const add = (
    name: string,
    schedule: Schedule,
    body: Task["run"] = async () => {},
    options: { priority?: number; deadline?: number } = {},
  ) =>
    runner.add({
      name,
      schedule,
      priority: options.priority ?? 5,
      deadline: millis(options.deadline ?? 1000),
      run(stop) {
        ran.push(`${name}@${clock.monotonic()}`);
        return body(stop);
      },
    });
  const metric = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
    runner
      .metrics()
      .find((one) => one.name === name)
      ?.values.find((value) => Object.entries(labels).every(([key, wanted]) => value.labels[key] === wanted) && value.suffix !== "_bucket")
      ?.value;
  return { clock, log, runner, ran, add, metric };
}

/** A run that ends when told to, or when stopped. */
function heldRun() {
  const ends: (() => void)[] = [];
  const run: Task["run"] = (stop) =>
    new Promise((resolve) => {
      ends.push(resolve);
      stop.addEventListener("abort", resolve);
    });
  return { run, ends };
}

test("the first periodic task runs at once and then once in each period", async (t) => {
  const { clock, runner, ran, add } = makeRunner();
  add("a", every(1000));
  await clock.advance(millis(3500));
  t.deepEqual(ran, ["a@0", "a@1000", "a@2000", "a@3000"]);
  await runner.close();
});

test("a periodic task with a phase runs on multiples of its period by the wall clock", async (t) => {
  const { clock, runner, ran, add } = makeRunner({ wall: 1_700_000_000_300 });
  add("a", every(1000, 250));
  await clock.advance(millis(2100));
  t.deepEqual(ran, ["a@950", "a@1950"]);
  await runner.close();
});

test("a wall clock that is set leaves periodic tasks where they are", async (t) => {
  const { clock, runner, ran, add } = makeRunner();
  add("a", every(1000, 0));
  add("b", every(60_000, 500));
  for (const jump of [10, -20, 10]) {
    await clock.advance(millis(1000));
    clock.jumpWall(millis(jump * 365.25 * 86_400_000 + 333));
  }
  await clock.advance(millis(1000));
  t.deepEqual(
    ran.filter((one) => one.startsWith("a")),
    ["a@0", "a@1000", "a@2000", "a@3000", "a@4000"],
  );
  await runner.close();
});

test("tasks without a phase lie evenly over their period, and have their first run within a quarter of a second", async (t) => {
  const { clock, runner, ran, add } = makeRunner({ concurrency: 1000 });
  for (let n = 0; n < 100; n++) add(`t${n}`, every(10_000));
  await clock.advance(millis(250));
  t.is(new Set(ran.map((one) => one.split("@")[0])).size, 100);
  await clock.advance(millis(9745));
  ran.length = 0;
  await clock.advance(millis(10_000));
  const dues = ran.map((one) => Number(one.split("@")[1]) - 10_000);
  t.is(dues.length, 100);
  for (let tenth = 0; tenth < 10; tenth++) {
    const inTenth = dues.filter((due) => Math.floor(due / 1000) === tenth).length;
    t.true(inTenth >= 9 && inTenth <= 11, `${inTenth} in tenth ${tenth}`);
  }
  await runner.close();
});

test("a task that runs once runs once, and its name is free again", async (t) => {
  const { clock, runner, ran, add, metric } = makeRunner();
  add("a", { kind: "once", after: millis(500) });
  await clock.advance(millis(2000));
  t.is(metric("penstock_tasks"), 0);
  add("a", { kind: "once", after: millis(500) });
  await clock.advance(millis(2000));
  t.deepEqual(ran, ["a@500", "a@2500"]);
  await runner.close();
});

test("due times met while a task runs are skipped and counted", async (t) => {
  const { clock, runner, ran, add, metric } = makeRunner();
  const held = heldRun();
  add("a", every(1000), held.run);
  await clock.advance(millis(3500));
  t.is(metric("penstock_task_overruns_total", { cause: "running" }), 0);
  held.ends.shift()?.();
  await clock.advance(millis(1000));
  t.deepEqual(ran, ["a@0", "a@4000"]);
  t.is(metric("penstock_task_overruns_total", { cause: "running" }), 3);
  t.is(metric("penstock_task_deadline_misses_total"), 1);
  t.is(metric("penstock_task_troubles_total", { task: "a" }), 4);
  await runner.close();
});

test("a task that fails, at once or later, is counted and stays scheduled", async (t) => {
  const { clock, log, runner, ran, add, metric } = makeRunner();
  const failure = new Error("no");
  add("a", every(1000), () => {
    throw failure;
  });
  add("b", every(1000, 0), () => Promise.reject(failure));
  await clock.advance(millis(10_500));
  t.is(ran.length, 22);
  t.is(metric("penstock_task_errors_total"), 22);
  t.deepEqual(
    log.entries.map(({ level, fields }) => ({ level, ...fields })),
    ["a", "b"].map((task) => ({ level: "warn", task, err: failure, unlogged: 0 })),
  );
  await runner.close();
});

test("of a task that goes on failing one line a minute is logged, with how many were not", async (t) => {
  const { clock, log, runner, add } = makeRunner();
  add("a", every(10_000), () => Promise.reject(new Error("no")));
  await clock.advance(millis(125_000));
  t.deepEqual(
    log.entries.map(({ fields }) => ({ ...fields, err: undefined })),
    [0, 5, 5].map((unlogged) => ({ task: "a", err: undefined, unlogged })),
  );
  await runner.close();
});

test("failures of many tasks make at most thirty lines a minute", async (t) => {
  const { clock, log, runner, add } = makeRunner();
  for (let n = 0; n < 100; n++) add(`t${n}`, every(30_000), () => Promise.reject(new Error("no")));
  await clock.advance(millis(59_000));
  t.is(log.entries.length, 30);
  await runner.close();
});

test("no more runs than the concurrency are under way, and the rest waits by priority", async (t) => {
  const { clock, runner, ran, add, metric } = makeRunner({ concurrency: 2 });
  const held = heldRun();
  for (const [name, priority] of [
    ["a", 5],
    ["b", 5],
    ["c", 7],
    ["d", 1],
    ["e", 5],
  ] as const) {
    add(name, { kind: "once", after: millis(10) }, held.run, { priority });
  }
  await clock.advance(millis(20));
  t.deepEqual(ran, ["d@10", "a@10"]);
  t.is(metric("penstock_task_running"), 2);
  t.is(metric("penstock_task_waiting"), 3);
  held.ends.shift()?.();
  await settle();
  held.ends.shift()?.();
  await settle();
  t.deepEqual(ran, ["d@10", "a@10", "b@20", "e@20"]);
  t.is(metric("penstock_task_waited_total"), 2);
  await runner.close();
});

test("runs that never end lose their places at their deadline: polling goes on", async (t) => {
  const { clock, runner, ran, add, metric } = makeRunner({ concurrency: 2 });
  const held = heldRun();
  add("stuck-1", { kind: "once", after: millis(0) }, held.run, { deadline: 300 });
  add("stuck-2", { kind: "once", after: millis(0) }, held.run, { deadline: 400 });
  add("a", every(100, 0));
  await clock.advance(millis(1050));
  t.deepEqual(ran.slice(2), ["a@300", "a@400", "a@500", "a@600", "a@700", "a@800", "a@900", "a@1000"]);
  t.is(metric("penstock_task_overdue"), 2);
  t.true((metric("penstock_task_places_freed_total") ?? 0) >= 1);
  await runner.close();
});

test("a run that ends after it lost its place gives back no second one", async (t) => {
  const { clock, runner, ran, add } = makeRunner({ concurrency: 1 });
  const held = heldRun();
  add("stuck", { kind: "once", after: millis(0) }, held.run, { deadline: 300 });
  for (const name of ["a", "b", "c"]) add(name, { kind: "once", after: millis(100) }, held.run, { deadline: 60_000 });
  await clock.advance(millis(400));
  t.deepEqual(ran, ["stuck@0", "a@300"]);
  held.ends.shift()?.();
  await clock.advance(millis(100));
  t.deepEqual(ran, ["stuck@0", "a@300"]);
  held.ends.shift()?.();
  await clock.advance(millis(100));
  t.deepEqual(ran, ["stuck@0", "a@300", "b@500"]);
  await runner.close();
});

test("a run that goes on past its deadline is spoken of within half a minute, once", async (t) => {
  const { clock, log, runner, add } = makeRunner();
  add("a", every(1000), heldRun().run, { deadline: 5000 });
  await clock.advance(millis(120_000));
  t.deepEqual(log.entries, [
    { level: "warn", fields: { task: "a", running: 30_000, deadline: 5000 }, message: "task runs past its deadline and has not ended" },
  ]);
  await runner.close();
});

test("a removed task is told to stop and runs no more; another may take its name", async (t) => {
  const { clock, runner, ran, add, metric } = makeRunner();
  const held = heldRun();
  add("a", every(1000), held.run);
  await clock.advance(millis(100));
  runner.remove("a");
  runner.remove("never there");
  t.is(metric("penstock_task_running"), 0);
  add("a", every(1000, 500));
  await clock.advance(millis(2000));
  t.deepEqual(ran, ["a@0", "a@500", "a@1500"]);
  await runner.close();
});

test("closing tells all runs to stop, waits for them, and leaves no timer", async (t) => {
  const { clock, log, runner, ran, add } = makeRunner();
  let ended = 0;
  const body: Task["run"] = (stop) =>
    new Promise((_, reject) => {
      stop.addEventListener("abort", () =>
        setImmediate(() => {
          ended++;
          reject(new Stopped());
        }),
      );
    });
  add("a", every(1000), body);
  add("b", { kind: "once", after: millis(0) }, body);
  add("c", every(1000, 0));
  await clock.advance(millis(10));
  const closing = runner.close();
  t.is(ended, 0);
  await closing;
  t.is(ended, 2);
  t.is(runner.close(), closing);
  t.is(clock.armed, 0);
  const before = ran.length;
  await clock.advance(millis(10_000));
  t.is(ran.length, before);
  t.deepEqual(log.entries, []);
  t.throws(() => add("d", every(1000)), { instanceOf: Stopped });
});

test("a runner closed by a run starts nothing more", async (t) => {
  const { clock, runner, ran, add } = makeRunner();
  for (const name of ["a", "b"]) {
    add(name, { kind: "once", after: millis(10) }, async () => {
      void runner.close();
    });
  }
  await clock.advance(millis(20));
  t.deepEqual(ran, ["a@10"]);
});

test("a second task of one name is refused, and so is one more than fit", async (t) => {
  const { runner, add } = makeRunner({ capacity: 2 });
  add("a", every(1000));
  t.throws(() => add("a", every(1000)), { instanceOf: TaskExists, code: "EDGE_TASK_EXISTS" });
  add("b", every(1000));
  t.throws(() => add("c", every(1000)), { instanceOf: SchedulerFull });
  await runner.close();
});

test("lateness is exported in seconds, and only the ten worst tasks have names", async (t) => {
  const { clock, runner, add, metric } = makeRunner({ concurrency: 1 });
  const held = heldRun();
  add("first", { kind: "once", after: millis(0) }, held.run, { deadline: 60_000 });
  for (let n = 0; n < 12; n++) add(`t${n}`, { kind: "once", after: millis(100) }, () => Promise.reject(new Error("no")));
  for (let n = 0; n < 12; n++) add(`u${n}`, every(86_400_000, 0), () => Promise.reject(new Error("no")));
  await clock.advance(millis(600));
  held.ends.shift()?.();
  await clock.advance(millis(0));
  const lateness = runner.metrics().find((one) => one.name === "penstock_task_lateness_seconds");
  t.is(lateness?.values.find((value) => value.suffix === "_sum")?.value, 12 * 0.5);
  t.is(lateness?.values.find((value) => value.labels["le"] === "0.25")?.value, 1);
  t.is(lateness?.values.find((value) => value.labels["le"] === "0.5")?.value, 13);
  t.is(metric("penstock_task_waited_total"), 12);
  await clock.advance(millis(86_400_000));
  t.is(runner.metrics().find((one) => one.name === "penstock_task_troubles_total")?.values.length, 10);
  await runner.close();
});
