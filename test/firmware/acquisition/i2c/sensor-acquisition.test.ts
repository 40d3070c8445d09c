import test from "ava";
import { SensorAcquisition, type SensorAcquisitionParts } from "../../../../firmware/acquisition/i2c/sensor-acquisition.ts";
import { pollingOf, switchedOff } from "../../../../firmware/acquisition/settings/thing-polling.ts";
import { resolveSensor } from "../../../../shared/acquisition/i2c/resolve-sensor.ts";
import type { SensorConfig } from "../../../../shared/acquisition/i2c/sensor-config.ts";
import type { Sample } from "../../../../shared/acquisition/sample.ts";
import { resolveSchedules } from "../../../../shared/acquisition/tasks/resolve-schedule.ts";
import { metricsText } from "../../../../shared/base/metrics-text.ts";
import { instant, millis } from "../../../../shared/base/units.ts";
import { exampleRaw, exampleTrim } from "../../../harness/bme280-registers.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../harness/fake-i2c-bus.ts";
import { Ads1115Model, absentChip, Bme280Model, Sht31Model } from "../../../harness/fake-i2c-bus-chips.ts";
import { FakeLog } from "../../../harness/fake-log.ts";
import { FakeRunner } from "../../../harness/fake-runner.ts";
import { finishes } from "../../../shared/acquisition/i2c/finishes.ts";

const climate: SensorConfig = {
  id: "climate",
  bus: "i2c-1",
  chip: "bme280",
  points: [
    { id: "temperature", quantity: "temperature" },
    { id: "humidity", quantity: "humidity" },
    { id: "pressure", quantity: "pressure", scale: 0.01, unit: "hPa", decimals: 1 },
  ],
};
const sht31: SensorConfig = {
  id: "duct",
  bus: "i2c-1",
  chip: "sht31",
  points: [
    { id: "t", quantity: "temperature" },
    { id: "rh", quantity: "humidity" },
  ],
};

function plant(sensors: readonly SensorConfig[], more: Partial<SensorAcquisitionParts> = {}) {
  const clock = new FakeClock();
  const log = new FakeLog();
  const runner = new FakeRunner();
  const samples: Sample[] = [];
  const changes: { readonly thing: string; readonly online: boolean }[] = [];
  const chips = { bme280: new Bme280Model(), sht31: new Sht31Model(), ads1115: new Ads1115Model() };
  const bus = new FakeI2cBus([
    [0x76, chips.bme280],
    [0x44, chips.sht31],
    [0x48, chips.ads1115],
  ]);
  const acquisition = new SensorAcquisition({
    sensors: sensors.map(resolveSensor),
    schedules: resolveSchedules({ slow: { every: "1 min" }, daily: { cron: "0 0 * * *" } }),
    buses: new Map([["i2c-1", bus]]),
    runner,
    sink: { accept: (batch) => samples.push(...batch) },
    previous: () => undefined,
    onDevice: (state) => changes.push({ thing: state.device.thing, online: state.online }),
    clock,
    log,
    random: () => 0,
    ...more,
  });
  return {
    clock,
    log,
    runner,
    samples,
    changes,
    chips,
    bus,
    acquisition,
    cycle: () => finishes(clock, runner.cycle()),
    last: (feature: string) => samples.findLast((sample) => sample.feature === feature),
  };
}

test("before anything is measured, every point says that nothing is known, or what an earlier run knew", (t) => {
  const { samples } = plant([climate], {
    previous: (_, feature) => (feature === "humidity" ? { value: 40, source: instant(1000) } : undefined),
  });
  t.deepEqual(
    samples.map(({ feature, value, quality }) => [feature, value, quality]),
    [
      ["temperature", null, "stale"],
      ["humidity", 40, "stale"],
      ["pressure", null, "stale"],
    ],
  );
});

test("a poll measures all points of the sensor at once, scaled and rounded", async (t) => {
  const { cycle, samples, changes, acquisition, last } = plant([climate]);
  samples.length = 0;
  await cycle();
  t.deepEqual(
    samples.map(({ feature, value, quality }) => [feature, value, quality]),
    [
      ["temperature", 25.08, "good"],
      ["humidity", 42.11, "good"],
      ["pressure", 1006.5, "good"],
    ],
  );
  t.is(last("temperature")?.source, last("temperature")?.received);
  t.deepEqual(changes, [{ thing: "climate", online: true }]);
  const text = metricsText(acquisition.metrics());
  t.true(text.includes('penstock_sensor_polls_total{bus="i2c-1",thing="climate",address="0x76"} 1'));
  t.true(text.includes('penstock_sensor_samples_total{quality="good"} 3'));
  t.true(text.includes('penstock_sensor_online{bus="i2c-1",thing="climate",address="0x76"} 1'));
});

test("a chip that vanishes turns uncertain at once and stale in its time, and is good again when it is back", async (t) => {
  const { cycle, clock, bus, chips, changes, last, acquisition } = plant([sht31]);
  await cycle();
  bus.chips.set(0x44, absentChip);
  await cycle();
  t.like(last("t"), { value: 25, quality: "uncertain", reason: "bus i2c-1, address 0x44: no chip answers" });
  await clock.advance(millis(3250));
  t.like(last("t"), { value: 25, quality: "stale" });
  t.deepEqual(changes.at(-1), { thing: "duct", online: false });
  t.regex(acquisition.states[0]?.reason ?? "", /no chip answers/);
  bus.chips.set(0x44, chips.sht31);
  await cycle();
  t.like(last("t"), { value: 25, quality: "good" });
  t.deepEqual(changes.at(-1), { thing: "duct", online: true });
  t.true(
    metricsText(acquisition.metrics()).includes(
      'penstock_sensor_misses_total{bus="i2c-1",thing="duct",address="0x44",cause="EDGE_I2C_NO_ANSWER"} 1',
    ),
  );
});

test("what the chip has no value for is bad, without a value, and only that", async (t) => {
  const { cycle, chips, last } = plant([climate]);
  chips.bme280.raw = { ...exampleRaw, humidity: 0x8000 };
  await cycle();
  t.like(last("humidity"), { value: null, quality: "bad", reason: "the chip skipped the measurement" });
  t.like(last("temperature"), { quality: "good" });
});

test("a voltage beyond the range is bad", async (t) => {
  const tank: SensorConfig = { id: "tank", bus: "i2c-1", chip: "ads1115", points: [{ id: "level", quantity: "in0", scale: 2 }] };
  const { cycle, chips, last } = plant([tank]);
  chips.ads1115.words.set(4, 0x4000);
  await cycle();
  t.like(last("level"), { value: 2.048, quality: "good" });
  chips.ads1115.words.set(4, 0x7fff);
  await cycle();
  t.like(last("level"), { value: null, quality: "bad", reason: "the voltage is above the range of 2.048 V" });
});

test("another chip than the configured one gives no values", async (t) => {
  const { cycle, chips, last, changes } = plant([climate]);
  chips.bme280.identity = 0x58;
  await cycle();
  t.like(last("temperature"), { value: null, quality: "stale" });
  t.deepEqual(changes, []);
});

test("a chip that was exchanged is measured by its own words in the same poll", async (t) => {
  const { cycle, bus, last } = plant([climate]);
  await cycle();
  bus.chips.set(0x76, new Bme280Model({ ...exampleTrim, t: [0, 27_504, 26_435, 50] }));
  await cycle();
  t.like(last("temperature"), { value: 25.16, quality: "good" });
});

test("points on schedules of their own are measured by it, and staleness without a period counts runs", async (t) => {
  const { cycle, runner, bus, clock, last } = plant([
    {
      ...sht31,
      schedule: "slow",
      points: [
        { id: "t", quantity: "temperature" },
        { id: "rh", quantity: "humidity", schedule: "daily" },
      ],
    },
  ]);
  t.deepEqual([...runner.tasks.keys()], ["duct@slow", "duct@daily"]);
  await cycle();
  t.is(last("rh")?.quality, "good");
  bus.chips.set(0x44, absentChip);
  for (let run = 1; run <= 3; run++) {
    t.is(last("rh")?.quality === "stale", false);
    await cycle();
    await clock.advance(millis(1000));
  }
  t.is(last("rh")?.quality, "stale");
  t.is(last("t")?.quality, "uncertain", "a minute's schedule is not stale after seconds");
});

test("a stuck bus is the fault of that bus alone", async (t) => {
  const other = new FakeI2cBus([[0x44, new Sht31Model()]]);
  const here = new FakeI2cBus([[0x76, new Bme280Model()]]);
  const { cycle, last } = plant([climate, { ...sht31, bus: "i2c-2" }], {
    buses: new Map([
      ["i2c-1", here],
      ["i2c-2", other],
    ]),
  });
  await cycle();
  here.fault = "stuck";
  await cycle();
  t.like(last("temperature"), { value: 25.08, quality: "uncertain" });
  t.is(last("t")?.quality, "good");
});

test("a poll that hangs is given up, counted and begun afresh", async (t) => {
  const { cycle, clock, bus, runner, last, acquisition, log } = plant([sht31]);
  const answer = bus.read.bind(bus);
  bus.read = () => new Promise(() => {});
  const hung = runner.cycle();
  await clock.advance(millis(300_250));
  await hung;
  bus.read = answer;
  await cycle();
  t.is(last("t")?.quality, "good");
  const restarts = 'penstock_sensor_poll_restarts_total{bus="i2c-1",thing="duct",address="0x44"} 1';
  t.true(metricsText(acquisition.metrics()).includes(restarts));
  t.is(log.entries.filter(({ level }) => level === "error").length, 1);
});

test("a poll that its runner forgot is put back into its schedule", async (t) => {
  const { clock, runner } = plant([sht31]);
  runner.tasks.clear();
  await clock.advance(millis(61_000));
  t.deepEqual([...runner.tasks.keys()], ["duct@default"]);
});

test("only changes are handed on where the point asks for it", async (t) => {
  const { cycle, samples } = plant([{ ...climate, report: { mode: "change", absolute: 0.1 } }]);
  await cycle();
  samples.length = 0;
  await cycle();
  t.deepEqual(samples, []);
});

test("a sensor on a bus that is not there is left out; closing leaves nothing armed", async (t) => {
  const { acquisition, runner, clock } = plant([{ ...climate, bus: "nowhere" }]);
  t.deepEqual([acquisition.states.length, runner.tasks.size, clock.armed], [0, 0, 0]);
  const second = plant([climate]);
  t.is(second.clock.armed, 1);
  second.acquisition.close();
  second.acquisition.close();
  t.is(second.clock.armed, 0);
});

test("a sensor is polled another way at run time: another period, a deadband, and not at all", async (t) => {
  const schedules = resolveSchedules({});
  const sensor = resolveSensor(sht31);
  const { acquisition, runner, cycle, last, changes, samples, clock } = plant([sht31], { schedules });
  await cycle();
  acquisition.adjust("duct", pollingOf(sensor, schedules, { points: { rh: { period: 60_000, deadband: 99 } } }));
  t.deepEqual(
    [...runner.tasks.values()].map(({ schedule }) => schedule),
    [
      { kind: "periodic", every: millis(1000) },
      { kind: "periodic", every: millis(60_000) },
    ],
  );
  await cycle();
  samples.length = 0;
  await cycle();
  t.deepEqual(
    samples.map(({ feature }) => feature),
    ["t"],
  );
  acquisition.adjust("duct", pollingOf(sensor, schedules, { enabled: false }));
  t.is(runner.tasks.size, 0);
  t.like(last("t"), { value: 25, quality: "stale", reason: switchedOff });
  t.like(changes.at(-1), { thing: "duct", online: false });
  samples.length = 0;
  await clock.advance(millis(60_000));
  t.deepEqual(samples, []);
  acquisition.adjust("duct", pollingOf(sensor, schedules));
  await cycle();
  t.like(last("t"), { value: 25, quality: "good" });
  t.true(metricsText(acquisition.metrics()).includes('penstock_sensor_online{bus="i2c-1",thing="duct",address="0x44"} 1'));
});
