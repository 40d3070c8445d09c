import test from "ava";
import fc from "fast-check";
import { Scheduler } from "../../../../shared/acquisition/tasks/scheduler.ts";
import { BadPeriod, SchedulerFull } from "../../../../shared/acquisition/tasks/scheduler-errors.ts";
import type { TaskSpec } from "../../../../shared/acquisition/tasks/task-spec.ts";
import { type Millis, millis } from "../../../../shared/base/units.ts";
import { SchedulerModel } from "../scheduler-model.ts";

const tenYears = 10 * 365.25 * 86_400_000;
const at = millis;
const periodic = (every: number, more: { epoch?: number; priority?: number; deadline?: number; first?: number } = {}): TaskSpec => ({
  timing: {
    kind: "periodic",
    every: at(every),
    epoch: at(more.epoch ?? 0),
    ...(more.first === undefined ? {} : { first: at(more.first) }),
  },
  priority: more.priority ?? 5,
  deadline: at(more.deadline ?? every),
});
const once = (due: number, priority = 5): TaskSpec => ({ timing: { kind: "once", due: at(due) }, priority, deadline: at(100) });
const external: TaskSpec = { timing: { kind: "external" }, priority: 5, deadline: at(100) };

/** Runs all that is due, each taking no time, and says which and when each was due. */
function runDue(scheduler: Scheduler, now: number): readonly (readonly [id: number, due: number])[] {
  const runs: [number, number][] = [];
  for (let run = scheduler.take(at(now)); run !== undefined && runs.length < 1000; run = scheduler.take(at(now))) {
    runs.push([run.id, run.due]);
    scheduler.finish(run.id, at(now));
  }
  return runs;
}

test("a periodic task is due on the grid of its epoch, wherever that lies", (t) => {
  const scheduler = new Scheduler(4);
  scheduler.add(periodic(100, { epoch: -1_000_030 }), at(5));
  t.is(scheduler.nextDue(at(5)), at(70));
  t.is(scheduler.take(at(69)), undefined);
  t.like(scheduler.take(at(72)), { due: 70, lateness: 2, missed: 0 });
});

test("a first run comes before the grid and does not move it", (t) => {
  const scheduler = new Scheduler(4);
  const id = scheduler.add(periodic(100, { epoch: 50, first: 10 }), at(0));
  t.deepEqual(runDue(scheduler, 10), [[id, 10]]);
  t.is(scheduler.nextDue(at(10)), at(50));
});

test("of several due tasks the lowest priority number goes first, then the longest due, then the first added", (t) => {
  const scheduler = new Scheduler(8);
  const ids = [once(10, 7), once(30, 1), once(20, 1), once(20, 1), once(5, 9)].map((spec) => scheduler.add(spec, at(0)));
  t.deepEqual(
    runDue(scheduler, 40).map(([id]) => ids.indexOf(id)),
    [2, 3, 1, 0, 4],
  );
});

test("under a load that never ends a task of low priority has its turn, a priority number for ten seconds", (t) => {
  const scheduler = new Scheduler(4);
  const low = scheduler.add(periodic(1000, { priority: 6 }), at(0));
  scheduler.add(periodic(100, { priority: 3 }), at(0));
  scheduler.add(periodic(100, { priority: 3 }), at(0));
  const lateness: number[] = [];
  for (let now = 0; now < 120_000; now += 100) {
    const run = scheduler.take(at(now));
    if (run === undefined) continue;
    if (run.id === low) lateness.push(run.lateness);
    scheduler.finish(run.id, at(now + 100));
  }
  t.deepEqual(
    lateness.map((late) => Math.round(late / 1000)),
    [30, 30, 30],
  );
});

test("a task that runs is not due again until it has finished", (t) => {
  const scheduler = new Scheduler(4);
  const id = scheduler.add(periodic(10), at(0));
  scheduler.take(at(0));
  t.is(scheduler.take(at(35)), undefined);
  t.is(scheduler.nextDue(at(35)), undefined);
  t.deepEqual(scheduler.finish(id, at(35)), { late: true, overruns: 3 });
  t.is(scheduler.nextDue(at(35)), at(40));
  t.is(scheduler.overruns, 3);
  t.is(scheduler.deadlineMisses, 1);
});

test("a run that ends exactly when the next is due skips nothing", (t) => {
  const scheduler = new Scheduler(4);
  const id = scheduler.add(periodic(10), at(0));
  scheduler.take(at(0));
  t.deepEqual(scheduler.finish(id, at(10)), { late: false, overruns: 0 });
  t.like(scheduler.take(at(10)), { due: 10, lateness: 0 });
});

test("a run is late when it takes longer than its deadline, however late it started", (t) => {
  const scheduler = new Scheduler(4);
  const id = scheduler.add(periodic(1000, { deadline: 7 }), at(0));
  scheduler.take(at(500));
  t.deepEqual(scheduler.finish(id, at(507)), { late: false, overruns: 0 });
  scheduler.take(at(1500));
  t.deepEqual(scheduler.finish(id, at(1508)), { late: true, overruns: 0 });
});

test("after an hour without a call each task runs once and goes on in its grid", (t) => {
  const scheduler = new Scheduler(4);
  const fast = scheduler.add(periodic(10), at(0));
  const slow = scheduler.add(periodic(1000, { epoch: 3 }), at(0));
  runDue(scheduler, 5);
  t.deepEqual(runDue(scheduler, 3_600_001), [
    [fast, 10],
    [slow, 1003],
  ]);
  t.is(scheduler.missed, 359_999 + 3598);
  t.is(scheduler.nextDue(at(3_600_001)), at(3_600_003));
  t.deepEqual(runDue(scheduler, 3_600_003), [[slow, 3_600_003]]);
});

for (const jump of [tenYears, -tenYears]) {
  test(`a clock that jumps ${jump > 0 ? "forward" : "back"} ten years makes at most one run of each task and stalls none`, (t) => {
    const scheduler = new Scheduler(4);
    const tasks = [10, 100, 1000].map((every) => scheduler.add(periodic(every), at(tenYears)));
    tasks.push(scheduler.add(once(tenYears + 50), at(tenYears)));
    runDue(scheduler, tenYears);
    const after = tenYears + 5 + jump;
    const runs = runDue(scheduler, after);
    t.is(runs.length, new Set(runs.map(([id]) => id)).size);
    t.is(runs.length, jump > 0 ? 4 : 0);
    const ran = new Set([...runs, ...runDue(scheduler, after + 1000)].map(([id]) => id));
    t.true(tasks.every((id) => ran.has(id)));
    t.is(scheduler.clockSetbacks, jump > 0 ? 0 : 1);
  });
}

test("a clock that goes back takes no time off a wait that has begun", (t) => {
  const scheduler = new Scheduler(4);
  scheduler.add(periodic(60_000, { epoch: 1_000_000_000 }), at(1_000_000_001));
  t.is(scheduler.nextDue(at(1_000_030_000)), at(1_000_060_000));
  t.is(scheduler.nextDue(at(5000)), at(35_000));
});

test("calls that overtake each other by less than a second do not move the grid", (t) => {
  const scheduler = new Scheduler(4);
  scheduler.add(periodic(100), at(0));
  scheduler.take(at(50));
  t.is(scheduler.take(at(49)), undefined);
  scheduler.add(periodic(70), at(49.5));
  t.is(scheduler.nextDue(at(50)), at(70));
  t.is(scheduler.clockSetbacks, 0);
});

test("an external task runs once for each due time it is given", (t) => {
  const scheduler = new Scheduler(4);
  const id = scheduler.add(external, at(0));
  t.is(scheduler.nextDue(at(0)), undefined);
  scheduler.setDue(id, at(20), at(0));
  t.deepEqual(runDue(scheduler, 20), [[id, 20]]);
  t.is(scheduler.nextDue(at(20)), undefined);
});

test("an external task whose next due time passes while it runs skips and counts it", (t) => {
  const scheduler = new Scheduler(4);
  const id = scheduler.add(external, at(0));
  scheduler.setDue(id, at(0), at(0));
  scheduler.take(at(0));
  scheduler.setDue(id, at(10), at(1));
  t.is(scheduler.take(at(15)), undefined);
  t.deepEqual(scheduler.finish(id, at(15)), { late: false, overruns: 1 });
  t.is(scheduler.nextDue(at(15)), undefined);
});

test("only an external task takes a due time from outside", (t) => {
  const scheduler = new Scheduler(4);
  t.false(scheduler.setDue(scheduler.add(periodic(10), at(0)), at(3), at(0)));
  t.false(scheduler.setDue(12_345, at(3), at(0)));
});

test("a task that runs once leaves when it has finished", (t) => {
  const scheduler = new Scheduler(1);
  const id = scheduler.add(once(10), at(0));
  scheduler.take(at(10));
  t.is(scheduler.size, 1);
  t.deepEqual(scheduler.finish(id, at(10)), { late: false, overruns: 0 });
  t.is(scheduler.size, 0);
  t.notThrows(() => scheduler.add(once(20), at(10)));
});

test("a full scheduler refuses a task and says how many it holds", (t) => {
  const scheduler = new Scheduler(2);
  const first = scheduler.add(periodic(10), at(0));
  scheduler.add(periodic(10), at(0));
  const error = t.throws(() => scheduler.add(periodic(10), at(0)), { instanceOf: SchedulerFull });
  t.is(error?.code, "EDGE_SCHEDULER_FULL");
  t.is(error?.capacity, 2);
  scheduler.remove(first);
  t.notThrows(() => scheduler.add(periodic(10), at(0)));
});

for (const every of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
  test(`a period of ${every} ms is refused`, (t) => {
    t.throws(() => new Scheduler(1).add(periodic(every), at(0)), { instanceOf: BadPeriod, code: "EDGE_BAD_PERIOD" });
  });
}

test("the end of a run of a removed task does not reach the task that took its place", (t) => {
  const scheduler = new Scheduler(1);
  const old = scheduler.add(periodic(10), at(0));
  scheduler.take(at(0));
  t.true(scheduler.remove(old));
  t.false(scheduler.remove(old));
  t.is(scheduler.running, 0);
  const young = scheduler.add(periodic(10), at(0));
  scheduler.take(at(0));
  t.is(scheduler.finish(old, at(3)), undefined);
  t.is(scheduler.running, 1);
  t.not(young, old);
});

test("finishing what does not run does nothing", (t) => {
  const scheduler = new Scheduler(1);
  t.is(scheduler.finish(scheduler.add(periodic(10), at(0)), at(0)), undefined);
});

const someTiming = fc.oneof(
  fc
    .record({
      every: fc.integer({ min: 1, max: 50 }),
      epoch: fc.integer({ min: -100, max: 100 }),
      first: fc.option(fc.integer({ min: 0, max: 30 })),
    })
    .map((one) => ({ ...one, kind: "periodic" as const })),
  fc.record({ kind: fc.constant("once" as const), wait: fc.integer({ min: 0, max: 60 }) }),
  fc.constant({ kind: "external" as const }),
);
const someStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant("add" as const),
      timing: someTiming,
      priority: fc.nat(3),
      deadline: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("remove" as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ name: fc.constant("setDue" as const), which: fc.nat(), wait: fc.option(fc.integer({ min: -5, max: 50 })) }),
  },
  { weight: 5, arbitrary: fc.record({ name: fc.constant("pass" as const), span: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("pass" as const), span: fc.constantFrom(tenYears, -tenYears, -500, -5000) }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constant("take" as const) }) },
  { weight: 5, arbitrary: fc.record({ name: fc.constant("finish" as const), which: fc.nat() }) },
);

test("it does what a plain list of tasks, searched each time, would do", (t) => {
  const property = fc.property(fc.array(someStep, { maxLength: 120, size: "max" }), (steps) => {
    const capacity = 12;
    const scheduler = new Scheduler(capacity);
    const model = new SchedulerModel();
    /** Each task as the scheduler and as the model names it. */
    const tasks: (readonly [id: number, arrival: number])[] = [];
    let now: Millis = at(1000);
    for (const step of steps) {
      const [id, arrival] = ("which" in step ? tasks[step.which % Math.max(1, tasks.length)] : undefined) ?? [-1, -1];
      switch (step.name) {
        case "add": {
          if (model.size === capacity) break;
          const { timing, priority, deadline } = step;
          const spec: TaskSpec =
            timing.kind === "periodic"
              ? periodic(timing.every, {
                  epoch: now + timing.epoch,
                  priority,
                  deadline,
                  ...(timing.first === null ? {} : { first: now + timing.first }),
                })
              : {
                  timing: timing.kind === "once" ? { kind: "once", due: at(now + timing.wait) } : timing,
                  priority,
                  deadline: at(deadline),
                };
          tasks.push([scheduler.add(spec, now), model.add(spec, now)]);
          break;
        }
        case "remove":
          t.is(scheduler.remove(id), model.remove(arrival));
          break;
        case "setDue": {
          const due = step.wait === null ? undefined : at(now + step.wait);
          t.is(scheduler.setDue(id, due, now), model.setDue(arrival, due, now));
          break;
        }
        case "pass":
          now = at(now + step.span);
          break;
        case "take": {
          const run = scheduler.take(now);
          const same = tasks.find(([one]) => one === run?.id);
          t.deepEqual(run === undefined ? undefined : [same?.[1], run.due, run.lateness, run.missed], model.take(now));
          break;
        }
        case "finish": {
          const run = scheduler.finish(id, now);
          t.deepEqual(run === undefined ? undefined : [run.late, run.overruns], model.finish(arrival, now));
          break;
        }
      }
      t.is(scheduler.size, model.size);
      t.is(scheduler.running, model.running);
      const next = scheduler.nextDue(now);
      const earliest = model.earliest(now);
      // While something waits any instant up to now will do, whatever the due times are by a clock that stands a little behind.
      if (model.waiting(now) > 0) t.true(next !== undefined && next <= now);
      else t.is(earliest, next);
      t.is(scheduler.waiting(now), model.waiting(now));
    }
    t.deepEqual([scheduler.overruns, scheduler.missed, scheduler.deadlineMisses], [model.overruns, model.missed, model.deadlineMisses]);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});
