import test from "ava";
import { Acquisition, type AcquisitionParts } from "../../../firmware/acquisition/acquisition.ts";
import type { DeviceConfig } from "../../../shared/acquisition/device-config.ts";
import { resolveDevice } from "../../../shared/acquisition/resolve-device.ts";
import { resolveLine } from "../../../shared/acquisition/resolve-line.ts";
import type { Sample } from "../../../shared/acquisition/sample.ts";
import { resolveSchedules } from "../../../shared/acquisition/tasks/resolve-schedule.ts";
import { metricsText } from "../../../shared/base/metrics-text.ts";
import { instant, millis } from "../../../shared/base/units.ts";
import { FakeClock } from "../../harness/fake-clock.ts";
import { FakeLog } from "../../harness/fake-log.ts";
import { FakeRunner } from "../../harness/fake-runner.ts";
import { type LineScript, ScriptedLine, unitScript } from "../../harness/scripted-line.ts";

const never = new AbortController().signal;

interface Plant {
  readonly clock: FakeClock;
  readonly line: ScriptedLine;
  readonly log: FakeLog;
  readonly runner: FakeRunner;
  readonly samples: Sample[];
  readonly changes: { thing: string; online: boolean }[];
  readonly acquisition: Acquisition;
  /** The newest sample of a point. */
  last(feature: string): Sample | undefined;
}

function plant(
  points: DeviceConfig["points"],
  script: LineScript,
  more: Partial<AcquisitionParts> & { device?: Partial<DeviceConfig> } = {},
): Plant {
  const clock = new FakeClock();
  const line = new ScriptedLine(script);
  const log = new FakeLog();
  const runner = new FakeRunner();
  const samples: Sample[] = [];
  const changes: Plant["changes"] = [];
  const config = { id: "pump", line: "line-1", unit: 7, points, ...more.device };
  const resolvedLine = resolveLine({ id: "line-1", protocol: "modbus-tcp", host: "127.0.0.1" });
  const acquisition = new Acquisition({
    devices: [resolveDevice(config, resolvedLine)],
    schedules: resolveSchedules({}),
    lines: new Map([["line-1", line]]),
    runner,
    sink: { accept: (batch) => samples.push(...batch) },
    previous: () => undefined,
    onDevice: (state) => changes.push({ thing: state.device.thing, online: state.online }),
    clock,
    log,
    ...more,
  });
  return {
    clock,
    line,
    log,
    runner,
    samples,
    changes,
    acquisition,
    last: (feature) => samples.findLast((sample) => sample.feature === feature),
  };
}

const two: DeviceConfig["points"] = [
  { id: "level", area: "holding", address: 0, scale: 0.1 },
  { id: "flow", area: "holding", address: 1 },
];

test("before anything is read, every point says that nothing is known", (t) => {
  const { samples } = plant(two, () => "down");
  t.deepEqual(
    samples.map(({ feature, value, quality }) => [feature, value, quality]),
    [
      ["level", null, "stale"],
      ["flow", null, "stale"],
    ],
  );
});

test("what an earlier run had measured stays, but stale, until the device answers", async (t) => {
  const { runner, samples, last } = plant(
    two,
    unitScript(
      new Map([
        [0, 235],
        [1, 9],
      ]),
    ),
    { previous: () => ({ value: 11, source: instant(1000) }) },
  );
  t.like(samples[0], { value: 11, quality: "stale", source: instant(1000) });
  await runner.cycle();
  t.like(last("level"), { value: 23.5, quality: "good" });
});

test("one request reads neighbouring points, and the planner's saving is counted", async (t) => {
  const { runner, line, acquisition, clock, last } = plant(
    two,
    unitScript(
      new Map([
        [0, 235],
        [1, 9],
      ]),
    ),
  );
  await runner.cycle();
  t.deepEqual(line.sent, [{ unit: 7, request: [3, 0, 0, 0, 2], urgent: false }]);
  t.deepEqual(last("flow"), { thing: "pump", feature: "flow", value: 9, quality: "good", source: clock.wall(), received: clock.wall() });
  const text = metricsText(acquisition.metrics());
  t.true(text.includes('penstock_poll_requests_saved_total{line="line-1",thing="pump",unit="7"} 1'));
  t.true(text.includes('penstock_samples_total{quality="good"} 2'));
});

test("a silent device turns uncertain at once and stale within its configured cycles, and comes back", async (t) => {
  const { runner, line, clock, changes, last } = plant(
    two,
    unitScript(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    ),
    { device: { staleAfter: 3 } },
  );
  await runner.cycle();
  const answered = line.script;
  line.script = () => "timeout";
  await clock.advance(millis(1000));
  await runner.cycle();
  t.like(last("flow"), { value: 2, quality: "uncertain" });
  await clock.advance(millis(1900));
  t.is(last("flow")?.quality, "uncertain");
  await clock.advance(millis(350));
  t.like(last("flow"), { value: 2, quality: "stale" });
  t.true(last("flow")?.reason?.includes("no reply"));
  t.deepEqual(changes, [
    { thing: "pump", online: true },
    { thing: "pump", online: false },
  ]);
  line.script = answered;
  await runner.cycle();
  t.like(last("flow"), { value: 2, quality: "good" });
  t.deepEqual(changes.at(-1), { thing: "pump", online: true });
});

test("values turn stale even while a poll hangs and never ends", async (t) => {
  const { runner, line, clock, last } = plant(
    two,
    unitScript(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    ),
  );
  await runner.cycle();
  line.exchange = () => new Promise(() => {});
  void runner.cycle();
  await clock.advance(millis(3400));
  t.is(last("flow")?.quality, "stale");
});

test("a device that is busy never becomes a number (exceptions 05 and 06, V1.1b3 §7)", async (t) => {
  for (const exception of [5, 6]) {
    const { runner, line, last } = plant(
      two,
      unitScript(
        new Map([
          [0, 1],
          [1, 2],
        ]),
      ),
    );
    await runner.cycle();
    line.script = () => [0x83, exception];
    await runner.cycle();
    t.like(last("flow"), { value: 2, quality: "uncertain" });
  }
});

test("a gateway whose unit does not answer counts as silence (exceptions 0A and 0B, V1.1b3 §7)", async (t) => {
  const { runner, line, clock, last, changes } = plant(
    two,
    unitScript(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    ),
  );
  await runner.cycle();
  line.script = () => [0x83, 0x0b];
  for (let cycle = 0; cycle < 4; cycle += 1) {
    await clock.advance(millis(1000));
    await runner.cycle();
  }
  t.is(last("flow")?.quality, "stale");
  t.is(changes.at(-1)?.online, false);
});

test("one register that is not there spoils no other: the read is split and the rest goes on", async (t) => {
  const points: DeviceConfig["points"] = [...two, { id: "ghost", area: "holding", address: 5 }];
  const { runner, last, log, acquisition } = plant(
    points,
    unitScript(
      new Map([
        [0, 10],
        [1, 2],
      ]),
    ),
  );
  for (let cycle = 0; cycle < 3; cycle += 1) await runner.cycle();
  t.like(last("level"), { value: 1, quality: "good" });
  t.like(last("flow"), { value: 2, quality: "good" });
  t.like(last("ghost"), { value: null, quality: "bad" });
  t.true(last("ghost")?.reason?.includes("illegal data address"));
  t.is(log.entries.filter(({ level }) => level === "warn").length, 1);
  t.true(
    metricsText(acquisition.metrics()).includes(
      'penstock_device_exceptions_total{line="line-1",thing="pump",unit="7",function="3",exception="2"}',
    ),
  );
});

test("what a device refused is asked for again after a minute, and the read is whole again when the device has it", async (t) => {
  const registers = new Map([[0, 10]]);
  const { runner, line, clock, last } = plant(two, unitScript(registers));
  await runner.cycle();
  t.like(last("flow"), { value: null, quality: "bad" });
  registers.set(1, 2);
  await clock.advance(millis(59_000));
  await runner.cycle();
  t.like(last("flow"), { value: null, quality: "bad" });
  await clock.advance(millis(1000));
  await runner.cycle();
  t.like(last("flow"), { value: 2, quality: "good" });
  line.sent.length = 0;
  await runner.cycle();
  t.deepEqual(
    line.sent.map(({ request }) => request),
    [[3, 0, 0, 0, 2]],
  );
});

test("a malformed reply is no value", async (t) => {
  const { runner, line, last } = plant(
    two,
    unitScript(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    ),
  );
  await runner.cycle();
  line.script = () => [3, 2, 0, 99];
  await runner.cycle();
  t.like(last("flow"), { value: 2, quality: "uncertain" });
});

test("a dead unit costs one request a cycle, however many reads it has", async (t) => {
  const points: DeviceConfig["points"] = [0, 500, 1000, 1500].map((address) => ({ id: `p${address}`, area: "holding", address }));
  const { runner, line } = plant(points, () => "timeout");
  await runner.cycle();
  t.is(line.sent.length, 1);
});

test("a point that can only be written is never polled", async (t) => {
  const { runner, line } = plant(
    [...two, { id: "reset", area: "holding", address: 2, access: "write", write: {} }],
    unitScript(
      new Map([
        [0, 1],
        [1, 2],
        [2, 0],
      ]),
    ),
  );
  await runner.cycle();
  t.deepEqual(
    line.sent.map(({ request }) => request),
    [[3, 0, 0, 0, 2]],
  );
});

test("a write goes ahead of polls, is read back, reported and logged with old value, new value, who and result", async (t) => {
  const registers = new Map([
    [0, 100],
    [1, 2],
  ]);
  const { runner, line, log, last, acquisition } = plant(
    [{ id: "level", area: "holding", address: 0, scale: 0.1, write: { min: 0, max: 50 } }],
    unitScript(registers),
  );
  await runner.cycle();
  line.sent.length = 0;
  const result = await acquisition.actuator.write("pump", "level", 23.5, "anna", never);
  t.deepEqual(result, { outcome: "written", before: 10, after: 23.5 });
  t.deepEqual(line.sent, [
    { unit: 7, request: [6, 0, 0, 0, 235], urgent: true },
    { unit: 7, request: [3, 0, 0, 0, 1], urgent: true },
  ]);
  t.like(last("level"), { value: 23.5, quality: "good" });
  const entry = log.entries.find(({ message }) => message === "write");
  t.like(entry?.fields, {
    audit: "write",
    who: "anna",
    thing: "pump",
    feature: "level",
    line: "line-1",
    unit: 7,
    address: 0,
    before: 10,
    requested: 23.5,
    after: 23.5,
    outcome: "written",
  });
});

test("a write outside the allow-list never reaches the line, and is logged", async (t) => {
  const { line, log, acquisition } = plant(
    [
      { id: "level", area: "holding", address: 0, write: { max: 50 } },
      { id: "flow", area: "holding", address: 1 },
    ],
    unitScript(
      new Map([
        [0, 1],
        [1, 2],
      ]),
    ),
  );
  t.like(await acquisition.actuator.write("pump", "level", 51, "anna", never), { outcome: "refused", code: "EDGE_WRITE_REFUSED" });
  t.like(await acquisition.actuator.write("pump", "level", "x", "anna", never), { outcome: "refused" });
  t.like(await acquisition.actuator.write("pump", "level", 70_000, "anna", never), { outcome: "refused" });
  t.like(await acquisition.actuator.write("pump", "flow", 1, "anna", never), { outcome: "refused", code: "EDGE_WRITE_UNKNOWN" });
  t.like(await acquisition.actuator.write("pump", "nothing", 1, "anna", never), { outcome: "refused", code: "EDGE_WRITE_UNKNOWN" });
  t.deepEqual(line.sent, []);
  t.is(log.entries.filter(({ message, level }) => message === "write" && level === "warn").length, 5);
});

test("more writes a minute than allowed are refused", async (t) => {
  const { clock, acquisition } = plant(
    [{ id: "level", area: "holding", address: 0, write: { perMinute: 2 } }],
    unitScript(new Map([[0, 1]])),
  );
  const outcomes = [];
  for (let n = 0; n < 3; n += 1) outcomes.push((await acquisition.actuator.write("pump", "level", n, "anna", never)).outcome);
  t.deepEqual(outcomes, ["written", "written", "refused"]);
  await clock.advance(millis(61_000));
  t.is((await acquisition.actuator.write("pump", "level", 3, "anna", never)).outcome, "written");
});

test("a device that takes a write but holds another value is found out", async (t) => {
  const stubborn = unitScript(new Map([[0, 5]]));
  const { acquisition, last } = plant([{ id: "level", area: "holding", address: 0, write: {} }], (unit, request) =>
    request[0] === 6 ? request : stubborn(unit, request),
  );
  t.like(await acquisition.actuator.write("pump", "level", 9, "anna", never), { outcome: "failed", code: "EDGE_WRITE_MISMATCH", after: 5 });
  t.is(last("level")?.value, 5);
});

test("a write whose answer is lost counts as written when the device turns out to hold it", async (t) => {
  const registers = new Map([[0, 5]]);
  const unit = unitScript(registers);
  const { acquisition } = plant([{ id: "level", area: "holding", address: 0, write: {} }], (id, request) => {
    const reply = unit(id, request);
    return request[0] === 6 ? "timeout" : reply;
  });
  t.like(await acquisition.actuator.write("pump", "level", 9, "anna", never), { outcome: "written", after: 9 });
});

test("a write that the device refuses or does not answer fails with the reason", async (t) => {
  const { acquisition, line } = plant([{ id: "level", area: "holding", address: 0, write: {} }], () => [0x86, 3]);
  t.like(await acquisition.actuator.write("pump", "level", 9, "anna", never), { outcome: "failed", code: "EDGE_MODBUS_EXCEPTION" });
  line.script = () => "timeout";
  t.like(await acquisition.actuator.write("pump", "level", 9, "anna", never), { outcome: "failed", code: "EDGE_MODBUS_TIMEOUT" });
});

test("a bit is written by mask where the device knows it, else by reading and writing the register (V1.1b3 §6.16)", async (t) => {
  const registers = new Map([[0, 0b1010]]);
  const { acquisition, line } = plant([{ id: "run", area: "holding", address: 0, type: "bool", bit: 0, write: {} }], unitScript(registers));
  t.like(await acquisition.actuator.write("pump", "run", true, "anna", never), { outcome: "written", after: true });
  t.deepEqual(
    line.sent.map(({ request }) => request[0]),
    [22, 3, 6, 3],
  );
  t.is(registers.get(0), 0b1011);
});

test("a value written to a point that cannot be read is reported as uncertain", async (t) => {
  const { acquisition, last } = plant([{ id: "reset", area: "coil", address: 3, access: "write", write: {} }], unitScript(new Map()));
  t.like(await acquisition.actuator.write("pump", "reset", true, "anna", never), { outcome: "written", after: true });
  t.like(last("reset"), { value: true, quality: "uncertain" });
});
