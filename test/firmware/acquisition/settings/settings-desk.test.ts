import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { SettingsDesk } from "../../../../firmware/acquisition/settings/settings-desk.ts";
import { SettingsExecutor } from "../../../../firmware/acquisition/settings/settings-executor.ts";
import { SettingsView } from "../../../../firmware/acquisition/settings/settings-view.ts";
import { resolveReport } from "../../../../shared/acquisition/resolve-point.ts";
import { resolveSchedules } from "../../../../shared/acquisition/tasks/resolve-schedule.ts";
import { instant, millis } from "../../../../shared/base/units.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeLog } from "../../../harness/fake-log.ts";

const report = resolveReport(undefined);
const things = [
  {
    thing: "pump",
    points: [
      { id: "level", schedule: "default", report },
      { id: "reset", schedule: "default", report, access: "write" as const },
    ],
  },
  { thing: "odd", points: [{ id: "settings", schedule: "default", report }] },
];

async function fileOf(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-settings-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return path.join(directory, "settings.json");
}

const open = (file: string, log = new FakeLog()): Promise<SettingsDesk> =>
  SettingsDesk.open({ file, things, schedules: resolveSchedules({}), clock: new FakeClock(), log });

test("what is set is in force, is told, and is in force after the next start", async (t) => {
  const file = await fileOf(t);
  const desk = await open(file);
  t.deepEqual(desk.inForce("pump"), { enabled: true, period: 1000, points: {} });
  const told: string[] = [];
  desk.onChange((thing) => told.push(thing));
  const result = await desk.change("pump", { period: "500ms", points: { level: { deadband: 2 } } }, "anna");
  const after = { enabled: true, period: 500, points: { level: { deadband: 2 } } };
  t.deepEqual(result, { outcome: "done", before: { enabled: true, period: 1000, points: {} }, after });
  t.deepEqual(told, ["pump"]);
  t.is(desk.periods("pump").get("level"), millis(500));
  t.is(desk.periods("pump").get("reset"), undefined);
  t.is((await stat(file)).mode & 0o777, 0o600);
  const again = await open(file);
  t.deepEqual(again.inForce("pump"), after);
  t.like(again.polling("pump")?.points.get("level"), { report: { mode: "change", absolute: 2 } });
});

test("null takes a member back to the configuration, and null as a whole all of them", async (t) => {
  const desk = await open(await fileOf(t));
  await desk.change("pump", { enabled: false, period: 500, points: { level: { period: 100 } } }, "anna");
  t.is(desk.periods("pump").get("level"), undefined);
  await desk.change("pump", { enabled: null, points: { level: { period: null } } }, "anna");
  t.deepEqual(desk.inForce("pump"), { enabled: true, period: 500, points: { level: {} } });
  t.like(await desk.change("pump", null, "anna"), { outcome: "done", after: { enabled: true, period: 1000, points: {} } });
});

test("what is out of range is refused with the reason, and what was before stays", async (t) => {
  const file = await fileOf(t);
  const log = new FakeLog();
  const desk = await open(file, log);
  await desk.change("pump", { period: 500 }, "anna");
  const text = await readFile(file, "utf8");
  const told: string[] = [];
  desk.onChange((thing) => told.push(thing));
  for (const patch of [{ period: 1 }, { points: { reset: { period: 500 } } }, { points: { level: { a: { b: { c: {} } } } } }, 7, "off"])
    t.like(await desk.change("pump", patch, "anna"), { outcome: "refused", code: "EDGE_SETTINGS_REFUSED" });
  t.deepEqual(desk.inForce("pump"), { enabled: true, period: 500, points: {} });
  t.is(await readFile(file, "utf8"), text);
  t.deepEqual(told, []);
  t.is(log.entries.filter(({ level }) => level === "warn").length, 5);
});

test("settings that cannot be written are not in force", async (t) => {
  const file = await fileOf(t);
  const desk = await open(file);
  await rm(path.dirname(file), { recursive: true });
  t.like(await desk.change("pump", { period: 500 }, "anna"), { outcome: "failed" });
  t.is(desk.periods("pump").get("level"), millis(1000));
});

test("changes at the same time are made one after the other", async (t) => {
  const desk = await open(await fileOf(t));
  await Promise.all([
    desk.change("pump", { period: 500 }, "a"),
    desk.change("pump", { points: { level: { deadband: 1 } } }, "b"),
    desk.change("pump", { period: 700 }, "c"),
  ]);
  t.deepEqual(desk.inForce("pump"), { enabled: true, period: 700, points: { level: { deadband: 1 } } });
});

test("a file that cannot be read is kept, and everything is polled as configured", async (t) => {
  const file = await fileOf(t);
  await writeFile(file, "{broken");
  const log = new FakeLog();
  const desk = await open(file, log);
  t.deepEqual(desk.inForce("pump"), { enabled: true, period: 1000, points: {} });
  const names = await readdir(path.dirname(file));
  t.is(names.length, 1);
  t.is(await readFile(path.join(path.dirname(file), names[0] ?? ""), "utf8"), "{broken");
  t.true(log.entries.some(({ level }) => level === "error"));
});

test("what was set of points that are not there any more is left out, and the log says so", async (t) => {
  const file = await fileOf(t);
  await writeFile(file, JSON.stringify({ format: 1, things: { pump: { points: { gone: { period: 100 } } }, elsewhere: { period: 5 } } }));
  const log = new FakeLog();
  const desk = await open(file, log);
  t.deepEqual(desk.inForce("pump"), { enabled: true, period: 1000, points: {} });
  t.is(log.entries.length, 1);
});

test("only commands to the settings of a thing that has them are taken; the others go on", async (t) => {
  const desk = await open(await fileOf(t));
  const passed: string[] = [];
  const executor = new SettingsExecutor(desk, {
    execute: async ({ thing, feature }) => {
      passed.push(`${thing}/${feature}`);
      return { outcome: "done" };
    },
  });
  const stop = new AbortController().signal;
  const command = { cmdSeq: 1, opId: "o", who: "anna", expiresAt: instant(9e12), value: { enabled: false } };
  t.like(await executor.execute({ ...command, thing: "pump", feature: "settings" }, stop), { outcome: "done", after: { enabled: false } });
  await executor.execute({ ...command, thing: "pump", feature: "level" }, stop);
  await executor.execute({ ...command, thing: "odd", feature: "settings" }, stop);
  await executor.execute({ ...command, thing: "nothing", feature: "settings" }, stop);
  t.deepEqual(passed, ["pump/level", "odd/settings", "nothing/settings"]);
});

test("what is in force stands on the retained topic of each thing that has settings", async (t) => {
  const desk = await open(await fileOf(t));
  const view = new SettingsView({ desk, since: instant(7) });
  const topic = "penstock/v1/pump/twin/settings/reported";
  t.deepEqual(
    [...view.messages()].map((message) => message.topic),
    [topic],
  );
  t.deepEqual(
    [topic, topic.replace("pump", "odd"), topic.replace("settings", "level"), topic.replace("reported", "desired")].map((one) =>
      view.owns(one),
    ),
    [true, false, false, false],
  );
  await desk.change("pump", { enabled: false }, "anna");
  const sent: unknown[] = [];
  const broker = {
    listened: () => true,
    publish: async (_topic: string, payload: Uint8Array | string) => void sent.push(JSON.parse(payload.toString())),
  };
  view.changed("pump", instant(9), broker, new FakeLog());
  const expected = { value: { enabled: false, period: 1000, points: {} }, quality: "good", source: 9, received: 9 };
  t.deepEqual(sent, [expected]);
  t.deepEqual(JSON.parse(Buffer.from(view.message(topic) ?? "").toString()), expected);
});
