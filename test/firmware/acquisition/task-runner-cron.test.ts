import test from "ava";
import { BadCron } from "../../../firmware/acquisition/tasks/cron-times.ts";
import { NodeTaskRunner } from "../../../firmware/acquisition/tasks/task-runner.ts";
import type { Task } from "../../../shared/acquisition/ports.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const tenYears = 10 * 365.25 * day;

function cronAt(start: string, pattern: string, zone = "Europe/Vienna", body: Task["run"] = async () => {}) {
  const clock = new FakeClock(instant(Date.parse(start)));
  const runner = new NodeTaskRunner({ clock, log: new FakeLog() });
  /** When it ran, by the wall clock, to the second. */
  const ran: string[] = [];
  runner.add({
    name: "cron",
    schedule: { kind: "cron", pattern, zone },
    priority: 5,
    deadline: millis(minute),
    run(stop) {
      ran.push(new Date(clock.wall()).toISOString().slice(0, 19));
      return body(stop);
    },
  });
  const pass = (span: number) => clock.advance(millis(span));
  return { clock, runner, ran, pass };
}

test("a cron task runs at each occurrence in its zone", async (t) => {
  const { runner, ran, pass } = cronAt("2025-06-01T00:00:00Z", "30 6 * * *");
  await pass(2 * day);
  t.deepEqual(ran, ["2025-06-01T04:30:00", "2025-06-02T04:30:00"]);
  await runner.close();
});

test("six fields begin with the second", async (t) => {
  const { runner, ran, pass } = cronAt("2025-06-01T00:00:00Z", "*/20 * * * * *");
  await pass(minute);
  t.deepEqual(ran, ["2025-06-01T00:00:20", "2025-06-01T00:00:40", "2025-06-01T00:01:00"]);
  await runner.close();
});

test("a time of day that the clock skips in spring comes when the gap ends", async (t) => {
  const { runner, ran, pass } = cronAt("2025-03-29T12:00:00Z", "30 2 * * *");
  await pass(2 * day);
  t.deepEqual(ran, ["2025-03-30T01:00:00", "2025-03-31T00:30:00"]);
  await runner.close();
});

test("a time of day that comes twice in autumn runs once", async (t) => {
  const { runner, ran, pass } = cronAt("2025-10-25T12:00:00Z", "30 2 * * *");
  await pass(2 * day);
  t.deepEqual(ran, ["2025-10-26T00:30:00", "2025-10-27T01:30:00"]);
  await runner.close();
});

for (const [season, start] of [
  ["spring", "2025-03-30T00:00:01Z"],
  ["autumn", "2025-10-26T00:00:01Z"],
] as const) {
  test(`every quarter of an hour goes on as ever through the change in ${season}`, async (t) => {
    const { runner, ran, pass } = cronAt(start, "*/15 * * * *");
    await pass(3 * hour);
    t.is(ran.length, 12);
    t.is(new Set(ran).size, 12);
    await runner.close();
  });
}

for (const jump of [tenYears, -tenYears]) {
  test(`a wall clock set ${jump > 0 ? "forward" : "back"} ten years makes at most one run and stalls no cron task`, async (t) => {
    const { clock, runner, ran, pass } = cronAt("2025-06-01T00:00:30Z", "*/10 * * * *");
    await pass(21 * minute);
    t.is(ran.length, 2);
    clock.jumpWall(millis(jump));
    await pass(30 * second);
    t.is(ran.length, jump > 0 ? 3 : 2);
    await pass(hour);
    t.is(ran.length, (jump > 0 ? 3 : 2) + 6);
    t.is(new Set(ran).size, ran.length);
    t.true(
      ran.slice(jump > 0 ? 3 : 2).every((at) => at.endsWith("0:00")),
      ran.join(" "),
    );
    await runner.close();
  });
}

test("ten years forward and ten back leave the calendar as it was", async (t) => {
  const { clock, runner, ran, pass } = cronAt("2025-06-01T00:00:30Z", "0 * * * *");
  clock.jumpWall(millis(tenYears));
  await pass(minute);
  clock.jumpWall(millis(-tenYears));
  await pass(3 * hour);
  t.deepEqual(ran.slice(1), ["2025-06-01T01:00:00", "2025-06-01T02:00:00", "2025-06-01T03:00:00"]);
  await runner.close();
});

test("a clock set forward over several occurrences runs them as one, within half a minute", async (t) => {
  const { clock, runner, ran, pass } = cronAt("2025-06-01T00:00:30Z", "0 * * * *");
  await pass(minute);
  clock.jumpWall(millis(5 * hour));
  await pass(30 * second);
  t.is(ran.length, 1);
  await pass(hour);
  t.deepEqual(ran.slice(1), ["2025-06-01T06:00:00"]);
  await runner.close();
});

test("an occurrence that has run does not run again when the clock is set back a little", async (t) => {
  const { clock, runner, ran, pass } = cronAt("2025-06-01T00:00:30Z", "0 * * * *");
  await pass(hour);
  t.deepEqual(ran, ["2025-06-01T01:00:00"]);
  clock.jumpWall(millis(-45 * minute));
  await pass(hour);
  t.is(ran.length, 1);
  await pass(hour);
  t.deepEqual(ran.slice(1), ["2025-06-01T02:00:00"]);
  await runner.close();
});

test("an occurrence does not come early when the clock is set back before it", async (t) => {
  const { clock, runner, ran, pass } = cronAt("2025-06-01T00:30:00Z", "0 * * * *");
  await pass(29 * minute);
  clock.jumpWall(millis(-20 * minute));
  await pass(20 * minute);
  t.deepEqual(ran, []);
  await pass(2 * minute);
  t.deepEqual(ran, ["2025-06-01T01:00:00"]);
  await runner.close();
});

test("a clock steered a little at a time keeps the occurrences on time", async (t) => {
  const { clock, runner, ran, pass } = cronAt("2025-06-01T00:00:00Z", "0 * * * *", "UTC");
  for (let n = 0; n < 59 * 6; n++) {
    clock.jumpWall(millis(-1));
    await pass(10 * second);
  }
  await pass(2 * minute);
  t.deepEqual(ran, ["2025-06-01T01:00:00"]);
  await runner.close();
});

test("a cron task added after the clock was set goes by the clock as it stands", async (t) => {
  const clock = new FakeClock(instant(Date.parse("2025-06-01T00:00:00Z")));
  const runner = new NodeTaskRunner({ clock, log: new FakeLog() });
  clock.jumpWall(millis(5 * minute + 300));
  const ran: string[] = [];
  runner.add({
    name: "cron",
    schedule: { kind: "cron", pattern: "*/10 * * * * *", zone: "UTC" },
    priority: 5,
    deadline: millis(second),
    run: async () => {
      ran.push(new Date(clock.wall()).toISOString());
    },
  });
  await clock.advance(millis(10 * second));
  t.deepEqual(ran, ["2025-06-01T00:05:10.000Z"]);
  await runner.close();
});

test("an occurrence met while the task still runs is skipped and counted", async (t) => {
  const ends: (() => void)[] = [];
  const { runner, ran, pass } = cronAt("2025-06-01T00:00:30Z", "* * * * *", "UTC", () => new Promise((resolve) => ends.push(resolve)));
  await pass(3 * minute);
  ends.shift()?.();
  await pass(minute);
  t.deepEqual(ran, ["2025-06-01T00:01:00", "2025-06-01T00:04:00"]);
  const overruns = runner.metrics().find((metric) => metric.name === "penstock_task_overruns_total");
  t.is(overruns?.values[0]?.value, 1);
  ends.shift()?.();
  await runner.close();
});

for (const [pattern, zone] of [
  ["61 * * * *", "UTC"],
  ["0 0 30 2 *", "UTC"],
  ["* * *", "UTC"],
  ["0 6 * * *", "Europe/Atlantis"],
] as const) {
  test(`cron pattern ${pattern} in ${zone} is refused`, (t) => {
    const error = t.throws(() => cronAt("2025-06-01T00:00:00Z", pattern, zone), { instanceOf: BadCron });
    t.is(error?.code, "EDGE_BAD_CRON");
    t.true(error?.message.includes(pattern) && error.message.includes(zone));
  });
}
