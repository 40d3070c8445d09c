import test from "ava";
import { Bme280, bme280Readings, measurementTime } from "../../../../../shared/acquisition/i2c/chips/bme280.ts";
import { millis } from "../../../../../shared/base/units.ts";
import { exampleRaw, exampleTrim } from "../../../../harness/bme280-registers.ts";
import { FakeClock } from "../../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../../harness/fake-i2c-bus.ts";
import { Bme280Model } from "../../../../harness/fake-i2c-bus-chips.ts";
import { finishes, never } from "../finishes.ts";

const all = new Set(["temperature", "humidity", "pressure"]);

function bench(chip = new Bme280Model()) {
  const clock = new FakeClock();
  const bus = new FakeI2cBus([[0x76, chip]]);
  return { chip, clock, bus, driver: new Bme280({ bus, address: 0x76, clock }) };
}

test("a sample is the worked example of the datasheet", async (t) => {
  const { clock, driver } = bench();
  await finishes(clock, driver.open(never));
  const readings = await finishes(clock, driver.sample(all, never));
  t.deepEqual(
    [...readings].map(([quantity, value]) => [quantity, typeof value === "number" ? value.toFixed(2) : value]),
    [
      ["temperature", "25.08"],
      ["humidity", "42.11"],
      ["pressure", "100653.27"],
    ],
  );
});

test("the chip is identified, reset, read out and told its oversampling; each sample is one forced measurement", async (t) => {
  const { clock, driver, bus, chip } = bench();
  chip.busy = 0;
  await finishes(clock, driver.open(never));
  t.deepEqual(bus.transfers, ["76 r d0 1", "76 w e0 b6", "76 r f3 1", "76 r 88 26", "76 r e1 7", "76 w f2 01"]);
  bus.transfers.length = 0;
  await finishes(clock, driver.sample(all, never));
  t.deepEqual(bus.transfers, ["76 w f4 25", "76 r f2 13"]);
});

test("a sample is not read before the measurement can be done, and not until it is done", async (t) => {
  const { clock, driver, bus, chip } = bench();
  await finishes(clock, driver.open(never));
  chip.busy = 2;
  bus.transfers.length = 0;
  const begun = clock.monotonic();
  await finishes(clock, driver.sample(all, never), millis(0.5));
  t.true(clock.monotonic() - begun >= measurementTime(1));
  t.is(bus.transfers.filter((transfer) => transfer === "76 r f2 13").length, 3);
});

test("the longest measurement is 9.3 ms without oversampling and 112.8 ms with sixteenfold (appendix B), rounded up", (t) => {
  t.deepEqual([measurementTime(1), measurementTime(16)], [millis(10), millis(113)]);
});

test("only what is wanted is given", async (t) => {
  const { clock, driver } = bench();
  await finishes(clock, driver.open(never));
  t.deepEqual([...(await finishes(clock, driver.sample(new Set(["pressure"]), never))).keys()], ["pressure"]);
});

test("a chip that measures for ever is told of", async (t) => {
  const { clock, driver, chip } = bench();
  await finishes(clock, driver.open(never));
  chip.busy = 1e9;
  await t.throwsAsync(finishes(clock, driver.sample(all, never)), {
    code: "EDGE_I2C_HANGS",
    message: "bus i2c-1, address 0x76: the chip hangs: a measurement does not end",
  });
});

test("a chip that never starts is told of", async (t) => {
  const { clock, driver, chip } = bench();
  chip.busy = 1e9;
  chip.powerCycle();
  await t.throwsAsync(finishes(clock, driver.open(never)), { code: "EDGE_I2C_HANGS" });
});

test("another chip is told of, by name where it is a cousin", async (t) => {
  const { clock, driver, chip } = bench();
  chip.identity = 0x58;
  await t.throwsAsync(finishes(clock, driver.open(never)), {
    code: "EDGE_I2C_CHIP",
    message: "bus i2c-1, address 0x76: not the configured chip: its identity is 0x58, which is a BMP280; a BME280 says 0x60",
  });
  chip.identity = 0x12;
  await t.throwsAsync(finishes(clock, driver.open(never)), {
    message: "bus i2c-1, address 0x76: not the configured chip: its identity is 0x12; a BME280 says 0x60",
  });
});

test("a chip without trimming words is none", async (t) => {
  const { clock, driver } = bench(new Bme280Model({ t: [0, 0, 0, 0], p: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], h: [0, 0, 0, 0, 0, 0, 0] }));
  await t.throwsAsync(finishes(clock, driver.open(never)), { code: "EDGE_I2C_CHIP", message: /no trimming words/ });
});

test("a chip that was without power between two samples gives no values by the wrong words, but has to be opened again", async (t) => {
  const { clock, driver, chip } = bench();
  await finishes(clock, driver.open(never));
  chip.powerCycle();
  await t.throwsAsync(finishes(clock, driver.sample(all, never)), { code: "EDGE_I2C_RESET" });
  await t.throwsAsync(finishes(clock, driver.sample(all, never)), { code: "EDGE_I2C_RESET", message: /not set up/ });
  await finishes(clock, driver.open(never));
  t.is((await finishes(clock, driver.sample(all, never))).size, 3);
});

test("another chip in its place is measured by its own trimming words", async (t) => {
  const { clock, driver, bus } = bench();
  await finishes(clock, driver.open(never));
  const other = new Bme280Model({ ...exampleTrim, t: [0, 27_504, 26_435, 50] });
  bus.chips.set(0x76, other);
  await t.throwsAsync(finishes(clock, driver.sample(all, never)), { code: "EDGE_I2C_RESET" });
  await finishes(clock, driver.open(never));
  const temperature = (await finishes(clock, driver.sample(all, never))).get("temperature");
  t.is(typeof temperature === "number" && temperature.toFixed(2), "25.16");
});

test("skipped measurements are no values, and without temperature there is nothing", (t) => {
  const skip = { noValue: "the chip skipped the measurement" };
  const humid = bme280Readings(exampleTrim, { ...exampleRaw, humidity: 0x8000 });
  t.deepEqual([humid.get("humidity"), typeof humid.get("temperature")], [skip, "number"]);
  t.deepEqual(bme280Readings(exampleTrim, { ...exampleRaw, pressure: 0x80000 }).get("pressure"), skip);
  const nothing = bme280Readings(exampleTrim, { ...exampleRaw, temperature: 0x80000 });
  t.deepEqual([...nothing.values()], [skip, skip, skip]);
});

test("what the chip cannot measure is no value", (t) => {
  t.deepEqual(bme280Readings(exampleTrim, { ...exampleRaw, temperature: 0xfffff }).get("temperature"), {
    noValue: "187.6 °C is outside what the chip can measure",
  });
  const high = bme280Readings(exampleTrim, { ...exampleRaw, pressure: 0 }).get("pressure");
  t.regex(typeof high === "object" ? high.noValue : "", /Pa is outside what the chip can measure/);
});
