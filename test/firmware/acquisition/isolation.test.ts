import test, { type ExecutionContext } from "ava";
import { Acquisition } from "../../../firmware/acquisition/acquisition.ts";
import { NodeTaskRunner } from "../../../firmware/acquisition/tasks/task-runner.ts";
import { LineDown } from "../../../shared/acquisition/modbus/modbus-errors.ts";
import { resolveDevice } from "../../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../../shared/acquisition/resolve-line.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { resolveSchedules } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import { metricsText } from "../../../shared/base/metrics-text.ts";
import { millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { ownAddresses, TimedLine, type TimedScript } from "../../harness/timed-line.ts";

const never = new AbortController().signal;

interface Bus {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly line: TimedLine;
  readonly acquisition: Acquisition;
  /** Good samples by thing since the last call. */
  good(): Map<string, number>;
  last(thing: string): Sample | undefined;
  metric(name: string, unit: number, more?: string): number;
}

/** So many units with one register each on a serial line, polled more often than the line can carry; each answers after 40 ms but those that `script` deals with. */
function bus(t: ExecutionContext, units: number, script: (unit: number, now: number) => ReturnType<TimedScript> | undefined): Bus {
  const clock = new FakeClock();
  const log = new FakeLog();
  const line = new TimedLine(
    "bus",
    clock,
    ({ unit, request }) => script(unit, clock.monotonic()) ?? { after: 40, reply: ownAddresses(request) },
  );
  const runner = new NodeTaskRunner({ clock, log, concurrency: 4096 });
  const settings = resolveLine({ id: "bus", protocol: "modbus-rtu", device: "/dev/ttyS0", baud: 9600 });
  let counts = new Map<string, number>();
  const samples = new Map<string, Sample>();
  const acquisition = new Acquisition({
    devices: Array.from({ length: units }, (_, n) =>
      resolveDevice(
        {
          id: `unit-${n + 1}`,
          line: "bus",
          unit: n + 1,
          schedule: "fast",
          staleAfter: 400,
          points: [{ id: "p", area: "holding", address: 7, write: {} }],
        },
        settings,
      ),
    ),
    schedules: resolveSchedules({ fast: { every: "10 ms" } }),
    settings: [settings],
    lines: new Map([["bus", line]]),
    runner,
    sink: {
      accept: (batch) => {
        for (const sample of batch) {
          samples.set(sample.thing, sample);
          if (sample.quality === "good") counts.set(sample.thing, (counts.get(sample.thing) ?? 0) + 1);
        }
      },
    },
    previous: () => undefined,
    onDevice: () => {},
    clock,
    log,
    random: () => 0.5,
  });
  t.teardown(() => {
    acquisition.close();
    void runner.close();
  });
  return {
    clock,
    log,
    line,
    acquisition,
    good: () => {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    last: (thing) => samples.get(thing),
    metric: (name, unit, more = "") => {
      const text = metricsText(acquisition.metrics());
      const found = new RegExp(`penstock_${name}\\{line="bus",thing="unit-${unit}",unit="${unit}"${more}\\} (\\S+)`).exec(text);
      return Number(found?.[1]);
    },
  };
}

/** Good samples of all units but those named, for each of them. */
function mean(counts: ReadonlyMap<string, number>, without: readonly number[] = []): number {
  const of = [...counts].filter(([thing]) => !without.includes(Number(thing.slice(5))));
  return of.reduce((sum, [, count]) => sum + count, 0) / of.length;
}

const span = millis(60_000);

test("one dead unit of 32 costs the others at most 5 % of their cycle time after three cycles", async (t) => {
  const dead = bus(t, 32, (unit, now) => (unit === 5 && now > 10_000 ? "silent" : undefined));
  const alive = bus(t, 32, () => undefined);
  for (const { clock } of [dead, alive]) await clock.advance(millis(20_000));
  dead.good();
  alive.good();
  for (const { clock } of [dead, alive]) await clock.advance(span);
  const ratio = mean(alive.good(), [5]) / mean(dead.good(), [5]);
  t.true(ratio <= 1.05, `cycle time ${ratio}`);
  t.is(dead.last("unit-5")?.quality, "stale");
  t.is(dead.metric("breaker_state", 5), 2);
  const opened = dead.log.entries.filter(({ message }) => message.includes("left alone"));
  t.is(opened.length, 1);
  t.like(opened[0]?.fields, { line: "bus", thing: "unit-5", unit: 5, function: 3, address: 7, code: "EDGE_MODBUS_TIMEOUT" });
});

test("a start with eight dead units of 32 costs each of them one timeout, and then no more than the sick share", async (t) => {
  const dead = bus(t, 32, (unit) => (unit <= 8 ? "silent" : undefined));
  const alive = bus(t, 24, () => undefined);
  for (const { clock } of [dead, alive]) await clock.advance(millis(15_000));
  dead.good();
  alive.good();
  for (const { clock } of [dead, alive]) await clock.advance(span);
  const ratio = mean(alive.good()) / mean(dead.good());
  t.true(ratio <= 1.05, `cycle time ${ratio}`);
  t.is(dead.metric("breaker_opened_total", 1), 1);
});

test("a unit that comes back is found within a minute and read at once", async (t) => {
  let back = Number.POSITIVE_INFINITY;
  const { clock, metric, last, acquisition } = bus(t, 16, (unit, now) => (unit === 5 && now > 5000 && now < back ? "silent" : undefined));
  await clock.advance(millis(120_000));
  t.is(metric("breaker_state", 5), 2);
  t.is(acquisition.states[4]?.online, false);
  back = clock.monotonic();
  await clock.advance(millis(60_000));
  t.is(metric("breaker_state", 5), 0);
  t.like(last("unit-5"), { value: 7, quality: "good" });
  t.is(acquisition.states[4]?.online, true);
});

test("a unit that turned ten times slower is still found, and takes no more than its part of a full line", async (t) => {
  const slow = bus(t, 16, (unit, now) => (unit === 5 && now > 20_000 ? { after: 400, reply: [3, 2, 0, 7] } : undefined));
  const alive = bus(t, 16, () => undefined);
  for (const { clock } of [slow, alive]) await clock.advance(millis(40_000));
  slow.good();
  alive.good();
  for (const { clock } of [slow, alive]) await clock.advance(span);
  const counts = slow.good();
  const ratio = mean(alive.good(), [5]) / mean(counts, [5]);
  t.true(ratio <= 1.05, `cycle time ${ratio}`);
  t.true((counts.get("unit-5") ?? 0) >= 5, `${counts.get("unit-5")} polls of the slow unit`);
  t.is(slow.metric("device_slow", 5), 1);
});

test("while no unit answers there is nobody to protect: all are found within seconds of coming back", async (t) => {
  let back = Number.POSITIVE_INFINITY;
  const { clock, good } = bus(t, 8, (_unit, now) => (now > 5000 && now < back ? "silent" : undefined));
  await clock.advance(millis(300_000));
  back = clock.monotonic();
  good();
  await clock.advance(millis(20_000));
  t.is(good().size, 8);
});

test("a unit that answers only now and then is not polled as if it were well", async (t) => {
  let asked = 0;
  const flapping = bus(t, 16, (unit) => (unit === 5 && asked++ % 4 !== 0 ? "silent" : undefined));
  const alive = bus(t, 16, () => undefined);
  for (const { clock } of [flapping, alive]) await clock.advance(millis(60_000));
  flapping.good();
  alive.good();
  for (const { clock } of [flapping, alive]) await clock.advance(span);
  const ratio = mean(alive.good(), [5]) / mean(flapping.good(), [5]);
  t.true(ratio <= 1.08, `cycle time ${ratio}`);
});

test("a write to a unit that is left alone is tried, fails with the reason, and when it succeeds the unit is polled again", async (t) => {
  let back = false;
  const { clock, acquisition, metric } = bus(t, 4, (unit, now) => (unit === 2 && now > 1000 && !back ? "silent" : undefined));
  await clock.advance(millis(20_000));
  t.is(metric("breaker_state", 2), 2);
  const failing = acquisition.actuator.write("unit-2", "p", 7, "anna", never);
  await clock.advance(millis(5000));
  const failed = await failing;
  t.like(failed, { outcome: "failed", code: "EDGE_MODBUS_TIMEOUT" });
  t.regex(failed.reason ?? "", /has not answered its polls lately/);
  back = true;
  const succeeding = acquisition.actuator.write("unit-2", "p", 7, "anna", never);
  await clock.advance(millis(300));
  t.like(await succeeding, { outcome: "written" });
  t.is(metric("breaker_state", 2), 0);
});

test("a line that is down costs no unit its trust: all are polled again with the next cycle", async (t) => {
  const { clock, line, metric, good } = bus(t, 8, () => undefined);
  await clock.advance(millis(5000));
  const usual = line.exchange.bind(line);
  line.exchange = () => Promise.reject(new LineDown("the adapter was unplugged", { line: "bus" }));
  await clock.advance(millis(60_000));
  t.is(metric("breaker_opened_total", 3), 0);
  t.is(metric("poll_restarts_total", 3), 0);
  line.exchange = usual;
  good();
  await clock.advance(millis(1000));
  t.is(good().size, 8);
});

test("what went wrong last is known with its place, and counted by function without it", async (t) => {
  const { clock, acquisition } = bus(t, 2, (unit, now) => (unit === 2 && now > 1000 ? { after: 20, reply: [0x83, 0x0b] } : undefined));
  await clock.advance(millis(10_000));
  const [state] = acquisition.states.filter(({ device }) => device.unit === 2);
  t.like(state?.lastError, { code: "EDGE_MODBUS_EXCEPTION", function: 3, address: 7 });
  const text = metricsText(acquisition.metrics());
  t.regex(text, /penstock_poll_misses_total\{line="bus",thing="unit-2",unit="2",function="3",cause="EDGE_MODBUS_EXCEPTION"\} 3\b/);
  t.false(text.includes("address="));
  t.false(state?.online);
});
