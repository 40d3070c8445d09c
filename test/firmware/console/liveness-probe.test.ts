import test from "ava";
import { NodeTaskRunner } from "../../../firmware/acquisition/tasks/task-runner.ts";
import { type LivenessCheck, LivenessProbe } from "../../../firmware/console/liveness-probe.ts";
import { SchedulerCheck } from "../../../firmware/console/scheduler-check.ts";
import { type ProbedStore, StoreCheck } from "../../../firmware/console/store-check.ts";
import { HardwareWatchdog } from "../../../firmware/platform/watchdog-hardware.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { StopSignal } from "../../../shared/base/stop-signal.ts";
import { type Millis, millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { FakeWatchdog } from "../platform/fake-watchdog.ts";

const { signal } = new AbortController();

/** A store that can be made to freeze or to refuse. */
class FakeStore implements ProbedStore {
  writingSince: Millis | undefined = undefined;
  answeredAt: Millis | undefined = undefined;
  probes = 0;
  state: "sound" | "refusing" | "frozen" = "sound";

  async probe(): Promise<void> {
    this.probes += 1;
    if (this.state === "refusing") throw new Error("ENOSPC");
    if (this.state === "frozen") await new Promise(() => undefined);
  }
}

/** A clock of which the timers can be frozen, as those of a scheduler that hangs. */
class FreezableClock implements Clock {
  readonly #clock: Clock;
  frozen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wall() {
    return this.#clock.wall();
  }

  monotonic() {
    return this.#clock.monotonic();
  }

  after(delay: Millis, callback: () => void) {
    return this.#clock.after(delay, () => {
      if (!this.frozen) callback();
    });
  }
}

/** A board with a scheduler, a broker and a store, and the watchdog over it: 30 s. */
async function openBoard() {
  const [clock, log, store] = [new FakeClock(), new FakeLog(), new FakeStore()];
  const schedulerClock = new FreezableClock(clock);
  const runner = new NodeTaskRunner({ clock: schedulerClock, log, concurrency: 4 });
  const broker = { frozen: false, probes: 0 };
  const brokerCheck: LivenessCheck = {
    name: "broker",
    run: async (): Promise<void> => {
      broker.probes += 1;
      if (broker.frozen) await new Promise(() => undefined);
    },
  };
  const probe = new LivenessProbe({
    checks: [new SchedulerCheck({ runner, clock }), brokerCheck, new StoreCheck({ store, clock })],
    clock,
    log,
  });
  const device = new FakeWatchdog(clock, millis(30_000));
  const watchdog = await HardwareWatchdog.open({
    device: "/dev/watchdog",
    interval: undefined,
    alive: probe.alive,
    open: async () => device,
    clock,
    log,
  });
  return { broker, clock, device, log, probe, runner, schedulerClock, store, watchdog };
}

test("a board that works is fed for as long as it works", async (t) => {
  const { clock, device, probe, watchdog } = await openBoard();
  await clock.advance(millis(1_800_000));
  t.is(device.resetAt, undefined);
  t.is(device.fed, 181);
  t.deepEqual(probe.health(), [{ name: "liveness", state: "ok" }]);
  await watchdog.close();
});

for (const [part, freeze] of [
  ["scheduler", ({ schedulerClock }) => Object.assign(schedulerClock, { frozen: true })],
  ["broker", ({ broker }) => Object.assign(broker, { frozen: true })],
  ["store", ({ store, clock }) => Object.assign(store, { writingSince: clock.monotonic() })],
] satisfies readonly (readonly [string, (board: Awaited<ReturnType<typeof openBoard>>) => unknown])[]) {
  test(`a frozen ${part} ends the feeding within the limit, and health says which part it is`, async (t) => {
    const board = await openBoard();
    await board.clock.advance(millis(61_000));
    const frozenAt = board.clock.monotonic();
    freeze(board);
    await board.clock.advance(millis(60_000));
    t.true(board.device.lastFed <= frozenAt + 20_000, `last fed ${board.device.lastFed - frozenAt} ms after`);
    t.true((board.device.resetAt ?? Number.POSITIVE_INFINITY) <= frozenAt + 50_000);
    t.deepEqual(
      board.probe.health().map(({ name, state }) => [name, state]),
      [[`liveness ${part}`, "failing"]],
    );
    t.true(board.log.entries.some(({ level, message }) => level === "error" && message === "a part of the board does not prove alive"));
  });
}

test("a store that nobody writes to is frozen when the write of the check does not come back", async (t) => {
  const { clock, device, store } = await openBoard();
  await clock.advance(millis(61_000));
  store.state = "frozen";
  await clock.advance(millis(300_000));
  t.true(device.resetAt !== undefined);
});

test("a disk that refuses has answered: the board is fed on", async (t) => {
  const { clock, device, store } = await openBoard();
  store.state = "refusing";
  await clock.advance(millis(600_000));
  t.is(device.resetAt, undefined);
  t.true(store.probes > 1);
});

test("the check writes to a store only where nobody else does, and seldom", async (t) => {
  const { clock, store } = await openBoard();
  await clock.advance(millis(3_600_000));
  t.true(store.probes >= 13 && store.probes <= 16, `${store.probes} writes of a page in an hour`);
  const before = store.probes;
  for (let second = 0; second < 900; second += 10) {
    store.answeredAt = clock.monotonic();
    await clock.advance(millis(10_000));
  }
  t.is(store.probes, before);
});

test("a check that does not come back is not begun again, and counts until it does", async (t) => {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  let begun = 0;
  let comeBack = (): void => undefined;
  const stops: StopSignal[] = [];
  const probe = new LivenessProbe({
    checks: [
      {
        name: "slow",
        run: (stop) => {
          begun += 1;
          stops.push(stop);
          return new Promise((resolve) => {
            comeBack = resolve;
          });
        },
      },
    ],
    clock,
    log,
  });
  const rounds = async (count: number): Promise<readonly boolean[]> => {
    const results: boolean[] = [];
    for (let round = 0; round < count; round += 1) {
      const alive = probe.alive(signal);
      await clock.advance(millis(6000));
      results.push(await alive);
    }
    return results;
  };
  t.deepEqual(await rounds(3), [false, false, false]);
  t.is(begun, 1);
  t.true(stops[0]?.aborted);
  comeBack();
  await clock.advance(millis(1));
  const next = probe.alive(signal);
  comeBack();
  t.true(await next);
  t.deepEqual(probe.health(), [{ name: "liveness", state: "ok" }]);
  t.is(log.entries.filter(({ level }) => level === "error").length, 1);
});

test("who asks while a round runs gets the answer of that round", async (t) => {
  let runs = 0;
  const check: LivenessCheck = {
    name: "a",
    run: async () => {
      runs += 1;
    },
  };
  const probe = new LivenessProbe({ checks: [check], clock: new FakeClock(), log: new FakeLog() });
  t.deepEqual(await Promise.all([probe.alive(signal), probe.alive(signal)]), [true, true]);
  t.is(runs, 1);
});

test("a probe that was never asked says nothing to health, and every check is in the metrics", async (t) => {
  const failing: LivenessCheck = { name: "a", run: () => Promise.reject(new Error("no")) };
  const clock = new FakeClock();
  const probe = new LivenessProbe({ checks: [failing], clock, log: new FakeLog() });
  t.deepEqual(probe.health(), []);
  t.false(await probe.alive(signal));
  t.deepEqual(
    probe.metrics()[0]?.values.map(({ labels, value }) => [labels["check"], labels["result"], value]),
    [
      ["a", "passed", 0],
      ["a", "lost", 1],
    ],
  );
  t.is(clock.armed, 0);
});
