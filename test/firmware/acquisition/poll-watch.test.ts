import test, { type ExecutionContext } from "ava";
import { PollWatch } from "../../../firmware/acquisition/poll-watch.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock, settle } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

interface Watched {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly watch: PollWatch;
  readonly stops: StopSignal[];
  readonly counts: { resets: number; scheduled: number };
  readonly poll: { run: () => Promise<void>; againAt: number };
  /** Lets time pass as the owner of the watch does: looking four times a second. */
  pass(seconds: number): Promise<void>;
}

function watched(t: ExecutionContext): Watched {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const counts = { resets: 0, scheduled: 0 };
  const stops: StopSignal[] = [];
  const poll = { run: (): Promise<void> => Promise.resolve(), againAt: Number.POSITIVE_INFINITY };
  const watch = new PollWatch({
    poll: {
      run: (stop) => {
        stops.push(stop);
        return poll.run();
      },
      reset: () => {
        counts.resets += 1;
      },
      get againAt() {
        return poll.againAt;
      },
    },
    bound: () => millis(10_000),
    forgotten: millis(60_000),
    schedule: () => {
      counts.scheduled += 1;
    },
    place: { line: "bus", thing: "pump", unit: 5, schedule: "default" },
    clock,
    log,
  });
  t.teardown(() => watch.close());
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds * 4; n += 1) {
      await clock.advance(millis(250));
      watch.look(clock.monotonic());
    }
  };
  return { clock, log, watch, stops, counts, poll, pass };
}

const never = new AbortController().signal;

test("a run that throws is counted and told, and the next one goes on afresh", async (t) => {
  const { watch, poll, log, counts, stops } = watched(t);
  poll.run = () => Promise.reject(new TypeError("not foreseen"));
  await watch.run(never);
  t.like(log.entries[0], {
    level: "error",
    fields: { line: "bus", thing: "pump", unit: 5, code: "EDGE_INTERNAL", reason: "not foreseen" },
  });
  poll.run = () => Promise.resolve();
  await watch.run(never);
  t.deepEqual([watch.restarts, counts.resets, stops.length], [1, 1, 2]);
});

test("a run that throws before it waits is caught as well", async (t) => {
  const { watch, poll } = watched(t);
  poll.run = () => {
    throw new RangeError("at once");
  };
  await watch.run(never);
  t.is(watch.restarts, 1);
});

test("a run that hangs is given up: its signal fires, the runner is free, and the next run comes", async (t) => {
  const { watch, poll, pass, stops, counts } = watched(t);
  let ended = false;
  poll.run = () => new Promise(() => {});
  void watch.run(never).then(() => {
    ended = true;
  });
  await pass(9);
  t.false(ended);
  await pass(2);
  t.deepEqual([ended, watch.restarts, counts.resets, stops[0]?.aborted], [true, 1, 1, true]);
  poll.run = () => Promise.resolve();
  await watch.run(never);
  t.deepEqual([stops.length, stops[1]?.aborted], [2, false]);
});

test("what a run comes to after it was given up changes nothing", async (t) => {
  const { watch, poll, pass } = watched(t);
  let fail: (error: Error) => void = () => {};
  poll.run = () =>
    new Promise((_, reject) => {
      fail = reject;
    });
  void watch.run(never);
  await pass(11);
  poll.run = () => new Promise(() => {});
  void watch.run(never);
  fail(new Error("late"));
  await settle();
  t.is(watch.restarts, 1);
});

test("a poll that nobody runs any more is put back into its schedule", async (t) => {
  const { pass, counts, watch } = watched(t);
  await pass(59);
  t.is(counts.scheduled, 0);
  await pass(2);
  t.deepEqual([counts.scheduled, watch.restarts], [1, 1]);
  await pass(59);
  t.is(counts.scheduled, 1);
});

test("a poll that asks for another run gets it when it is due", async (t) => {
  const { watch, poll, pass, stops } = watched(t);
  await watch.run(never);
  poll.againAt = 1000;
  poll.run = () => {
    poll.againAt = Number.POSITIVE_INFINITY;
    return Promise.resolve();
  };
  await pass(0.5);
  t.is(stops.length, 1);
  await pass(1);
  t.is(stops.length, 2);
});

test("one run at a time: what comes meanwhile is left out", async (t) => {
  const { watch, poll, stops } = watched(t);
  poll.run = () => new Promise(() => {});
  void watch.run(never);
  await watch.start();
  await watch.run(never);
  t.is(stops.length, 1);
});

test("the runner's stop ends the run, and closing ends all runs", async (t) => {
  const { watch, stops, poll } = watched(t);
  const control = new AbortController();
  poll.run = () => new Promise(() => {});
  void watch.run(control.signal);
  control.abort();
  t.true(stops[0]?.aborted);
  watch.close();
  await watch.run(never);
  t.is(stops.length, 1);
  t.is(watch.restarts, 0);
});

test("it knows how long ago a run ended", async (t) => {
  const { watch, clock, pass } = watched(t);
  await watch.run(never);
  await pass(5);
  t.is(watch.idle(clock.monotonic()), 5000);
});
