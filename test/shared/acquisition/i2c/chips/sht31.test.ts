import test from "ava";
import { Sht31, sht31Humidity, sht31Temperature, sht31Word } from "../../../../../shared/acquisition/i2c/chips/sht31.ts";
import { millis } from "../../../../../shared/base/units.ts";
import { FakeClock } from "../../../../harness/fake-clock.ts";
import { FakeI2cBus } from "../../../../harness/fake-i2c-bus.ts";
import { Sht31Model } from "../../../../harness/fake-i2c-bus-chips.ts";
import { finishes, never } from "../finishes.ts";

const both = new Set(["temperature", "humidity"]);
const place = { bus: "i2c-1", address: 0x44 };

function bench() {
  const clock = new FakeClock();
  const chip = new Sht31Model();
  const bus = new FakeI2cBus([[0x44, chip]]);
  return { chip, clock, bus, driver: new Sht31({ bus, address: 0x44, clock }) };
}

test("words are °C and per cent by §4.13", (t) => {
  t.deepEqual([0, 0xffff, 0x6666].map(sht31Temperature), [-45, 130, 25]);
  t.deepEqual([0, 0xffff, 0x3333].map(sht31Humidity), [0, 100, 20]);
});

test("a word is taken only with its check byte", (t) => {
  const answer = Uint8Array.of(0, 0, 0, 0xbe, 0xef, 0x92);
  t.is(sht31Word(answer, 3, place), 0xbeef);
  t.throws(() => sht31Word(answer, 0, place), {
    code: "EDGE_I2C_GARBLED",
    message: "bus i2c-1, address 0x44: the answer is garbled: the check byte is 0x00; expected 0x81",
  });
  t.throws(() => sht31Word(answer.subarray(0, 5), 3, place), { code: "EDGE_I2C_GARBLED" });
});

test("a sample is one single shot of high repeatability, read after 16 ms; heater and status are left alone", async (t) => {
  const { clock, driver, bus } = bench();
  await finishes(clock, driver.open(never));
  const begun = clock.monotonic();
  const readings = await finishes(clock, driver.sample(both, never), millis(0.5));
  t.true(clock.monotonic() - begun >= 16);
  t.deepEqual(bus.transfers, ["44 w 30 93", "44 w 24 00", "44 r 6"]);
  t.deepEqual(
    [...readings],
    [
      ["temperature", 25],
      ["humidity", sht31Humidity(0x8000)],
    ],
  );
});

test("a chip that measures periodically is brought back", async (t) => {
  const { clock, driver, chip } = bench();
  chip.periodic = true;
  await finishes(clock, driver.open(never));
  t.is((await finishes(clock, driver.sample(both, never))).get("temperature"), 25);
});

test("a chip that is a little late is asked once more", async (t) => {
  const { clock, driver, chip } = bench();
  chip.busy = 1;
  t.is((await finishes(clock, driver.sample(both, never))).get("temperature"), 25);
  chip.busy = 2;
  await t.throwsAsync(finishes(clock, driver.sample(both, never)), { code: "EDGE_I2C_NO_ANSWER" });
});

test("a flipped bit is no value", async (t) => {
  const { clock, driver, chip } = bench();
  chip.garble = 1;
  await t.throwsAsync(finishes(clock, driver.sample(both, never)), { code: "EDGE_I2C_GARBLED" });
  chip.garble = 1;
  t.deepEqual([...(await finishes(clock, driver.sample(new Set(["humidity"]), never))).keys()], ["humidity"], "the other word is well");
});

test("what the chip cannot measure is no value", async (t) => {
  const { clock, driver, chip } = bench();
  chip.temperature = 0xffff;
  t.deepEqual((await finishes(clock, driver.sample(both, never))).get("temperature"), {
    noValue: "130.0 °C is outside what the chip can measure",
  });
});
