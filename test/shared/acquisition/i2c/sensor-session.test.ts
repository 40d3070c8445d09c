import test from "ava";
import fc from "fast-check";
import { ReplyGarbled } from "../../../../shared/acquisition/i2c/chip-errors.ts";
import { Bme280, bme280Readings } from "../../../../shared/acquisition/i2c/chips/bme280.ts";
import { Sht31 } from "../../../../shared/acquisition/i2c/chips/sht31.ts";
import { I2cError } from "../../../../shared/acquisition/i2c/i2c-errors.ts";
import type { SensorDriver } from "../../../../shared/acquisition/i2c/sensor-driver.ts";
import { SensorSession } from "../../../../shared/acquisition/i2c/sensor-session.ts";
import { millis } from "../../../../shared/base/units.ts";
import { exampleRaw, exampleTrim } from "../../../harness/bme280-registers.ts";
import { FakeClock } from "../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../harness/fake-i2c-bus.ts";
import { absentChip, Bme280Model, Sht31Model } from "../../../harness/fake-i2c-bus-chips.ts";
import { finishes, never } from "./finishes.ts";

const temperature = new Set(["temperature"]);

function bench(driverOf: (bus: FakeI2cBus, clock: FakeClock) => SensorDriver) {
  const clock = new FakeClock();
  const bus = new FakeI2cBus([
    [0x76, new Bme280Model()],
    [0x44, new Sht31Model()],
  ]);
  const session = new SensorSession({ driver: driverOf(bus, clock), clock, random: () => 0.999 });
  return { clock, bus, session, sample: () => finishes(clock, session.sample(temperature, never)) };
}

const bme280 = (bus: FakeI2cBus, clock: FakeClock): SensorDriver => new Bme280({ bus, address: 0x76, clock });
const sht31 = (bus: FakeI2cBus, clock: FakeClock): SensorDriver => new Sht31({ bus, address: 0x44, clock });

test("the chip is set up once, before the first sample", async (t) => {
  const { session, sample } = bench(bme280);
  await sample();
  await sample();
  t.is(session.setups, 1);
});

test("a chip that was exchanged between two samples is measured rightly by the next, without a miss", async (t) => {
  const { bus, session, sample } = bench(bme280);
  await sample();
  bus.chips.set(0x76, new Bme280Model());
  t.is((await sample()).size, 1);
  t.is(session.setups, 2);
});

test("a chip that was away is set up again", async (t) => {
  const { bus, session, sample } = bench(sht31);
  await sample();
  const chip = bus.chips.get(0x44) ?? absentChip;
  bus.chips.set(0x44, absentChip);
  await t.throwsAsync(sample(), { code: "EDGE_I2C_NO_ANSWER" });
  bus.chips.set(0x44, chip);
  await sample();
  t.is(session.setups, 2);
});

test("an absent chip is asked less and less often, but at least every 30 s, and what is wrong is said meanwhile", async (t) => {
  const { clock, bus, session } = bench(sht31);
  bus.chips.set(0x44, absentChip);
  const asked: number[] = [];
  for (let second = 0; second < 200; second++) {
    const before = bus.transfers.length;
    await t.throwsAsync(session.sample(temperature, never), { code: "EDGE_I2C_NO_ANSWER" });
    if (bus.transfers.length > before) asked.push(second);
    await clock.advance(millis(1000));
  }
  t.deepEqual(asked, [0, 1, 2, 4, 8, 16, 32, 62, 92, 122, 152, 182]);
});

test("a chip that comes back is asked at its normal pace", async (t) => {
  const { clock, bus, session, sample } = bench(sht31);
  const chip = bus.chips.get(0x44) ?? absentChip;
  bus.chips.set(0x44, absentChip);
  for (let turn = 0; turn < 4; turn++) await t.throwsAsync(session.sample(temperature, never));
  bus.chips.set(0x44, chip);
  await clock.advance(millis(30_000));
  t.is((await sample()).size, 1);
  bus.chips.set(0x44, absentChip);
  await t.throwsAsync(session.sample(temperature, never));
  bus.chips.set(0x44, chip);
  t.is((await sample()).size, 1, "one miss costs no wait");
});

test("a transfer that breaks off, or a garbled answer, is tried once more at once", async (t) => {
  const { bus, sample } = bench(sht31);
  await sample();
  bus.breakOff = 1;
  t.is((await sample()).size, 1);
  const chip = bus.chips.get(0x44);
  if (chip instanceof Sht31Model) chip.garble = 1;
  t.is((await sample()).size, 1);
  bus.breakOff = 2;
  await t.throwsAsync(sample(), { code: "EDGE_I2C_TRANSFER" });
});

test("a bus that refuses keeps no chip waiting longer than itself", async (t) => {
  const { bus, session, sample } = bench(bme280);
  await sample();
  bus.fault = "stuck";
  for (let turn = 0; turn < 10; turn++) await t.throwsAsync(session.sample(temperature, never), { code: "EDGE_I2C_STUCK" });
  bus.fault = undefined;
  t.is((await sample()).size, 1);
  t.true(session.setups > 1, "while the bus was away the chip may have been, too");
});

test("two that want the same chip do not disturb each other", async (t) => {
  const { clock, session } = bench(sht31);
  const readings = await finishes(clock, Promise.all([session.sample(temperature, never), session.sample(new Set(["humidity"]), never)]));
  t.deepEqual(
    readings.map((one) => [...one.keys()]),
    [["temperature"], ["humidity"]],
  );
});

test("who waits for its turn is stopped when the turn comes, and the next is not kept waiting", async (t) => {
  const { clock, session } = bench(sht31);
  const stop = new AbortController();
  const first = session.sample(temperature, never);
  const second = session.sample(temperature, stop.signal);
  const third = session.sample(temperature, never);
  stop.abort();
  const results = await finishes(clock, Promise.allSettled([first, second, third]));
  t.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  await t.throwsAsync(second, { code: "EDGE_STOPPED" });
});

test("a measurement that is stopped is no fault of the chip", async (t) => {
  const { clock, session, sample } = bench(sht31);
  for (let turn = 0; turn < 3; turn++) {
    const stop = new AbortController();
    const stopped = session.sample(temperature, stop.signal);
    await clock.advance(millis(2));
    stop.abort();
    await t.throwsAsync(stopped, { code: "EDGE_STOPPED" });
  }
  t.is((await sample()).size, 1);
});

test("an answer that is garbled every time is not asked for at full speed", async (t) => {
  const place = { bus: "i2c-1", address: 0x44 };
  let samples = 0;
  const driver: SensorDriver = {
    quantities: [],
    open: async () => {},
    sample: async () => {
      samples++;
      throw new ReplyGarbled(place, "noise");
    },
  };
  const { session } = bench(() => driver);
  for (let turn = 0; turn < 10; turn++) await t.throwsAsync(session.sample(temperature, never), { code: "EDGE_I2C_GARBLED" });
  t.is(samples, 4);
});

test("whatever happens to chip and bus, a value that is given is the one of the chip that is there", async (t) => {
  const trims = [exampleTrim, { ...exampleTrim, t: [0, 27_504, 26_435, 50] }, { ...exampleTrim, t: [0, 28_000, 26_000, -500] }];
  const truth = trims.map((trim) => bme280Readings(trim, exampleRaw).get("temperature"));
  const event = fc.oneof(
    fc.record({ kind: fc.constant("chip" as const), which: fc.integer({ min: 0, max: trims.length - 1 }) }),
    fc.record({ kind: fc.constantFrom("away" as const, "stuck" as const, "down" as const, "well" as const, "power" as const) }),
    fc.record({ kind: fc.constant("break" as const), count: fc.integer({ min: 1, max: 6 }) }),
  );
  let given = 0;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
        const { clock, bus, session } = bench(bme280);
        let which = 0;
        let model = new Bme280Model(trims[0]);
        bus.chips.set(0x76, model);
        for (const one of events) {
          if (one.kind === "chip") {
            which = one.which;
            model = new Bme280Model(trims[which]);
            bus.chips.set(0x76, model);
          } else if (one.kind === "away") bus.chips.set(0x76, absentChip);
          else if (one.kind === "power") model.powerCycle();
          else if (one.kind === "break") bus.breakOff = one.count;
          else {
            bus.fault = one.kind === "well" ? undefined : one.kind;
            if (one.kind === "well") bus.chips.set(0x76, model);
          }
          try {
            const reading = (await finishes(clock, session.sample(temperature, never))).get("temperature");
            given++;
            if (reading !== truth[which]) return false;
          } catch (error) {
            if (!(error instanceof I2cError)) throw error;
          }
          await clock.advance(millis(1000));
        }
        return true;
      }),
      { numRuns: 60 },
    ),
  );
  t.true(given > 50);
});
